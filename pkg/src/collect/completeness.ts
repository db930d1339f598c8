import type { Options } from "./options.js";
import { LISTS, type Progress } from "./progress.js";
import type { Completeness, ListCompleteness } from "./types.js";

/** Says how complete a collection is. */
export function completenessOf(options: Options, progress: Progress): Completeness {
  const { stage, shortfalls, moreShortfalls, notCompared, notFinal, verified, evidence } = progress;
  const isDone = stage === "done";
  const names = LISTS.filter((list) => list !== "messagesByNumber" || options.verify);
  const meanwhile = progress.lists.conversations.meanwhile + progress.lists.calls.meanwhile;
  const lists = names.map((name): ListCompleteness => {
    const { listed, given, total, missing, read } = progress.lists[name];
    // The messages have been read when the conversations have. Messages by number can't be compared after a resumption.
    const ofConversations = name === "messages" && stage !== "conversations";
    const isRead = ofConversations ? progress.lists.conversations.read : read;
    const list = { list: name, listed, given, total, read: isRead, missing };
    return { ...list, complete: isRead !== "open" && missing === 0 };
  });
  const needed = lists.filter(({ list }) => list !== "messagesByNumber" || verified !== null);
  return {
    complete: isDone && needed.every(({ complete }) => complete) && shortfalls.every(({ code }) => code === "gone"),
    window: { ...options.window },
    lists,
    shortfalls: shortfalls.map((shortfall) => ({ ...shortfall })),
    moreShortfalls,
    notes: { conversationsNotCompared: notCompared, callsNotFinal: notFinal, arrivedMeanwhile: meanwhile, verified },
    evidence: structuredClone(evidence),
  };
}
