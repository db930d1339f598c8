import { isOptions } from "../../bridge/values.js";
import type { Tally } from "../tally.js";

/** A delivery whose usage is in the queue. It is some hundred bytes of JSON; a message of the platform may have 128 KB. */
export interface Queued {
  account: string;
  /** The account's generation when the delivery was accepted. */
  generation: number;
  /** How many shards the account has. */
  shards: number;
  /** The key of the record, in hexadecimal digits. */
  key: string;
  record: string;
  tally: Tally;
  ifCounted: Tally;
  /** For a record that is known only by the id of its delivery: its signature, and when that will be too old to be accepted. */
  claim: { signature: string; id: string; untilMs: number } | null;
}

/** A message of ours; `null` for anything else, which nobody but the owner of the queue can have sent. */
export function queuedOf(body: unknown): Queued | null {
  if (!isOptions(body)) return null;
  const { account, generation, shards, key, record } = body as Partial<Queued>;
  const isWhole = typeof account === "string" && typeof generation === "number" && typeof shards === "number";
  return isWhole && typeof key === "string" && typeof record === "string" ? (body as Queued) : null;
}
