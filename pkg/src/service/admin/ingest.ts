import type { Deadline } from "../../handler/deadline.js";
import type { Answer } from "../../handler/http/answer.js";
import type { Objects, RemoteObject } from "../objects.js";
import type { Authorized } from "../register/authorize.js";
import { addTally, type Tally } from "../tally.js";

/**
 * What arrived at an account, and what became of it. The numbers of refused and ignored deliveries are written once a second, and may
 * lack those of an isolate that ended.
 */
export async function ingestOf(
  { account, view }: Authorized,
  objects: Objects,
  nowMs: number,
  deadline: Deadline,
): Promise<Answer> {
  const numbers = Array.from({ length: view.shards }, (_, shard) => shard);
  const [sum, known, collecting, dead, ...parts] = await Promise.all([
    objects.register(account, deadline, (object) => object.registerTally()),
    objects.register(account, deadline, (object) => object.registerBackfills()),
    objects.register(account, deadline, (object) => object.registerCollecting()),
    objects.register(account, deadline, (object) => object.registerRemoveDead([])),
    ...numbers.map((shard) => objects.shard(account, shard, deadline, (object) => object.ingested())),
  ]);
  for (const { tally, records } of parts) addTally(sum, { ...tally, records });
  const backfills = known.map(({ name, createdMs }) => ({ name, createdAt: new Date(createdMs).toISOString() }));
  return {
    status: 200,
    body: JSON.stringify({
      account,
      shards: view.shards,
      ...written(sum, nowMs),
      backfills,
      collecting: told(collecting),
      dead,
    }),
  };
}

/** How collecting goes, without its settings. */
function told(collecting: Awaited<ReturnType<RemoteObject["registerCollecting"]>>): object | null {
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
