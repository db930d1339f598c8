import { judgeCalls, laterCalls } from "./calls.js";
import { judgeConversations, laterMessages } from "./conversations.js";
import type { Pages, Run } from "./run.js";

/** The most times that the beginnings of the lists are read again, while records arrive. */
const MOST_ROUNDS = 20;

/** Reads the beginnings of the lists again, until they have nothing new. Then the lists are compared with what the vendor says. */
export async function* laterRecords(run: Run): Pages {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const hasMessages = yield* laterMessages(run);
    const hasCalls = yield* laterCalls(run);
    if (!hasMessages && !hasCalls) break;
  }
  judgeConversations(run);
  judgeCalls(run);
}
