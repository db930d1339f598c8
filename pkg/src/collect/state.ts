// The state of a collection as text: a version, a checksum, and what the collection has to remember.

import { UsageError } from "usage-by-agent";
import { isObject } from "../bridge/values.js";
import { hashOf } from "./hash.js";
import type { IdSet } from "./id-set.js";
import type { Options } from "./options.js";
import { newProgress, type Progress } from "./progress.js";

/** The version of the format. It changes with every change of the format. */
const VERSION = 2;

/** The sets of ids that a collection has in memory. A state has the newest of each. */
export interface Seen {
  conversations: IdSet;
  /** Conversations with their times and numbers of messages, so that one that has changed is not in it. */
  versions: IdSet;
  messages: IdSet;
  calls: IdSet;
}

/** What a state contains. */
export interface Saved {
  progress: Progress;
  recent: Record<keyof Seen, number[]>;
}

/** Which account and window a state belongs to. The token is not part of it, because it may be renewed. */
function purposeOf({ baseUrl, subAccountId, window }: Options) {
  return { account: hashOf(JSON.stringify([baseUrl, subAccountId ?? null])), ...window };
}

/** Writes the state. */
export function writeState(options: Options, progress: Progress, seen: Seen): string {
  const recent = Object.fromEntries(
    Object.entries(seen).map(([name, ids]: [string, IdSet]) => [
      name,
      ids
        .recent()
        .map((key) => key.toString(36))
        .join(" "),
    ]),
  );
  const body = JSON.stringify({ of: purposeOf(options), progress, recent });
  return `{"usageByAgentCollection":${VERSION},"checksum":${hashOf(body)},"body":${body}}`;
}

const HEAD = /^\{"usageByAgentCollection":(\d{1,9}),"checksum":(\d{1,17}),"body":/;

const invalid = (got: string, wanted: string) =>
  new UsageError("invalid_option", `${got}; wanted ${wanted}`, { path: "/resume" });

const BEGIN = "leave `resume` out to begin again";

/**
 * Reads a state.
 *
 * @throws {UsageError} `invalid_option` at `/resume`, if the text is not a state, is damaged, is of another version, or of another
 *   account or window
 */
export function readState(text: string, options: Options): Saved {
  const head = HEAD.exec(text.trim());
  if (head === null)
    throw invalid("resume is not the state of a collection", `the text that state() gave, or ${BEGIN}`);
  const version = Number(head[1]);
  if (version !== VERSION) {
    const newer = version > VERSION ? "a newer version of this package: update it" : "another version of this package";
    throw invalid(`the state has version ${version}, of ${newer}`, `version ${VERSION}, or ${BEGIN}`);
  }
  const body = text.trim().slice(head[0].length, -1);
  const damaged = invalid(
    "the state is damaged: it was cut or changed",
    `the whole text that state() gave, or ${BEGIN}`,
  );
  if (!text.trim().endsWith("}") || hashOf(body) !== Number(head[2])) throw damaged;
  let state: { of: ReturnType<typeof purposeOf>; progress: Progress; recent: Record<string, string> };
  try {
    state = JSON.parse(body);
  } catch {
    throw damaged;
  }
  if (!isObject(state?.of) || !isObject(state.progress) || !isObject(state.recent)) throw damaged;
  const own = purposeOf(options);
  if (state.of.startMs !== own.startMs || state.of.endMs !== own.endMs) {
    const was = `the state is of another window, ${spanOf(state.of)}`;
    throw invalid(was, `a state of ${spanOf(own)}, or ${BEGIN}`);
  }
  if (state.of.account !== own.account) {
    throw invalid("the state is of another `baseUrl` or `subAccountId`", `a state of this one, or ${BEGIN}`);
  }
  const recent = Object.fromEntries(
    Object.entries(state.recent).map(([name, keys]) => [
      name,
      keys === "" ? [] : keys.split(" ").map((key) => parseInt(key, 36)),
    ]),
  );
  return { progress: { ...newProgress(), ...state.progress }, recent: recent as Saved["recent"] };
}

const spanOf = ({ startMs, endMs }: { startMs: number; endMs: number }) =>
  `${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()}`;
