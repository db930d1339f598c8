import type { Deadline } from "../../handler/deadline.js";
import type { Answer } from "../../handler/http/answer.js";
import { matches } from "../../handler/http/if-none-match.js";
import type { RegisterIngested } from "../object.js";
import type { Objects } from "../objects.js";
import { addTally, type Tally } from "../tally.js";

/**
 * After which time the tag is another one though the register has heard of no change, in milliseconds. An isolate may end, or not reach
 * the register, after a shard has stored something and before the register hears of it.
 */
const TAG_MS = 300_000;

/** What a question is about. */
export interface IngestQuestion {
  account: string;
  /** What its register has just told. */
  told: RegisterIngested;
  /** The header `If-None-Match`. */
  ifNoneMatch: string | null;
  nowMs: number;
}

/**
 * What arrived at an account, and what became of it. The numbers of refused and ignored deliveries are written once a second, and may
 * lack those of an isolate that ended.
 *
 * The tag is from the register, which was asked before the shards are. So what has changed since then has another tag. Who has the tag
 * already costs no question to a shard. The tag is weak, because the lag grows without a change.
 */
export async function ingestOf(
  { account, told: register, ifNoneMatch, nowMs }: IngestQuestion,
  objects: Objects,
  deadline: Deadline,
): Promise<Answer> {
  const { view, version, tally: sum, backfills: known, collecting, archive, dead } = register;
  const etag = `W/"${account}-${version}-${Math.floor(nowMs / TAG_MS)}"`;
  if (matches(ifNoneMatch, etag)) return { status: 304, body: null, headers: { etag } };
  const numbers = Array.from({ length: view.shards }, (_, shard) => shard);
  const parts = await Promise.all(
    numbers.map((shard) => objects.shard(account, shard, deadline, (object) => object.ingested())),
  );
  for (const { tally, records } of parts) addTally(sum, { ...tally, records });
  const backfills = known.map(({ name, createdMs }) => ({ name, createdAt: new Date(createdMs).toISOString() }));
  return {
    status: 200,
    etag,
    body: JSON.stringify({
      account,
      shards: view.shards,
      ...written(sum, nowMs),
      backfills,
      collecting: told(collecting),
      archive: toldArchive(archive),
      dead,
    }),
  };
}

/** How collecting goes, without its settings. */
function told(collecting: RegisterIngested["collecting"]): object | null {
  if (collecting === null) return null;
  const { run, counted, last, failure, failures, nextMs, audited, auditFailure, mapFailure } = collecting;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    running: run !== null,
    counted,
    last: last && { ...last, endMs: undefined, collectedUntil: at(last.endMs) },
    failure,
    failures,
    nextAt: at(nextMs),
    mapFailure,
    audited,
    auditFailure,
  };
}

/** How archiving goes. */
function toldArchive(shown: RegisterIngested["archive"]): object | null {
  if (shown === null) return null;
  const { archive, isWhole, last, failure, nextMs } = shown;
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    archive,
    whole: isWhole,
    last: last && { at: at(last.atMs), files: last.files, lines: last.lines },
    failure,
    nextAt: at(nextMs),
  };
}

const IGNORED = ["voiceTurns", "reactions", "events", "tests", "other"];

function written(sum: Tally, nowMs: number): object {
  const of = (name: string) => sum[name] ?? 0;
  const group = (prefix: string, always: string[]) => {
    const names = Object.keys(sum).filter((name) => name.startsWith(prefix));
    const known = [...always, ...names.map((name) => name.slice(prefix.length)).sort()];
    return Object.fromEntries(known.map((name) => [name, of(prefix + name)]));
  };
  const at = (name: string) => (of(name) === 0 ? null : new Date(of(name)).toISOString());
  return {
    records: of("records"),
    deliveries: of("deliveries"),
    counted: of("counted"),
    duplicates: of("duplicates"),
    notCounted: of("notCounted"),
    ignored: group("ignored.", IGNORED),
    invalid: of("invalid"),
    byDeliveryOnly: of("byDelivery"),
    refused: group("refused.", []),
    backfilled: group("backfill.", ["counted", "duplicates", "notCounted"]),
    forwarded: of("forwarded"),
    forwardFailed: of("forwardFailed"),
    lastDeliveryAt: at("lastDeliveryMs"),
    lastRefusedAt: at("lastRefusedMs"),
    lagMs: of("lastRecordMs") === 0 ? null : nowMs - of("lastRecordMs"),
  };
}
