import { trimRecords, UsageError } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { shardOf } from "../names.js";
import type { Objects } from "../objects.js";
import type { Bucket } from "../platform.js";
import type { RegisterView } from "../register/register.js";
import type { Added } from "../shard/shard.js";
import { filesAfter, gunzipped } from "./bucket.js";
import { type ArchivedState, stateOf } from "./lines.js";

/** How long a shard may take for one batch, in milliseconds. */
const BATCH_MS = 30_000;

/** How many states a shard gets at once. */
const BATCH = 500;

/** How many files one request reads, and after which time it begins no more, in milliseconds. */
const FILES_AT_ONCE = 20;
const REQUEST_MS = 20_000;

type State = Omit<ArchivedState, "source">;

/** What is restored, and where to. */
export interface Restoring {
  bucket: Bucket;
  /** The folder of the archive. */
  folder: string;
  /** The last file that was restored before; empty at the beginning. */
  after: string;
  account: string;
  view: RegisterView;
  /** The number of the backfill. */
  source: number;
}

/** What one request has restored. */
export interface Restored {
  files: number;
  added: Added;
  /** The last file. */
  after: string;
  isDone: boolean;
}

/** The account has been erased, or its backfill is being taken back. */
export class Removed extends Error {}

/**
 * Restores the next files of an archive. The files of a shard are in the order in which they were written, so of several states of a key
 * the last one stays. What fails may be done again from any file on.
 *
 * @throws {UsageError} `invalid_archive`, for a file that is not one of an archive
 */
export async function restore(restoring: Restoring, objects: Objects): Promise<Restored> {
  const { bucket, folder, view } = restoring;
  const until = Date.now() + REQUEST_MS;
  const added: Added = { counted: 0, duplicates: 0, notCounted: 0 };
  const waiting = Array.from({ length: view.shards }, (): State[] => []);
  const flush = async (shard: number) => {
    const states = waiting[shard] ?? [];
    waiting[shard] = [];
    if (states.length === 0) return;
    const batch = await restoreBatch(restoring, objects, shard, states);
    for (const kind of ["counted", "duplicates", "notCounted"] as const) added[kind] += batch[kind];
  };
  let { after } = restoring;
  let files = 0;
  const names = await filesAfter(bucket, folder, after, FILES_AT_ONCE + 1);
  for (const name of names.slice(0, FILES_AT_ONCE)) {
    if (Date.now() >= until) break;
    const file = await bucket.get(folder + name);
    if (file !== null) {
      for (const state of statesOf(await gunzipped(file.body), name)) {
        const shard = shardOf(state.key?.[0], view.shards);
        const own = waiting[shard];
        own?.push(state);
        if (own?.length === BATCH) await flush(shard);
      }
    }
    files++;
    after = name;
  }
  for (let shard = 0; shard < view.shards; shard++) await flush(shard);
  return { files, added, after, isDone: files === names.length };
}

async function restoreBatch(
  { account, view, source }: Restoring,
  objects: Objects,
  shard: number,
  states: State[],
): Promise<Added> {
  const deadline = new Deadline(BATCH_MS);
  try {
    const ask = objects.shard(account, shard, deadline, (object) => object.restore(states, source, view.generation));
    const added = await ask;
    if (added === null) throw new Removed();
    return added;
  } finally {
    deadline.end();
  }
}

/** The states of a file. Its records are trimmed again, so that nothing else gets into a shard. */
function statesOf(text: string, name: string): State[] {
  const states = text
    .split("\n")
    .filter((line) => line !== "")
    .map(stateOf);
  const known = states.filter((state) => state !== null);
  const told = known.flatMap(({ record }) => record ?? []);
  const { records } = trimRecords(told.join("\n"));
  if (known.length < states.length || records.length !== told.length) {
    throw new UsageError("invalid_record", `the file ${name} is not one of an archive`, { path: "" });
  }
  const trimmed = records.values();
  return known.map((state): State => {
    if (state.record === null) return state;
    const { key = null, record = null } = trimmed.next().value ?? {};
    return { key: key ?? state.key, record };
  });
}
