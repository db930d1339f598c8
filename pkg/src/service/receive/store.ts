import type { Deadline } from "../../handler/deadline.js";
import type { Objects } from "../objects.js";
import type { RegisterView } from "../register/register.js";
import type { Added } from "../shard/shard.js";
import type { Tally } from "../tally.js";
import type { TrimmedRecord } from "./trim-records.js";

/** The shard that has a record: the first bits of its key choose it. */
export function shardOf(key: Uint8Array | null, shards: number): number {
  return (key?.[0] ?? 0) >> (6 - Math.log2(shards));
}

/**
 * Stores the records of a delivery. The promise is fulfilled when all of them are durable.
 *
 * @param tally what the first shard notes about the delivery
 * @returns what became of the records; `null` if the account has been erased
 */
export async function store(
  objects: Objects,
  { account, view, deadline }: { account: string; view: RegisterView; deadline: Deadline },
  records: TrimmedRecord[],
  tally: Tally,
): Promise<Added | null> {
  const byShard = new Map<number, TrimmedRecord[]>();
  for (const record of records) {
    const shard = shardOf(record.key, view.shards);
    byShard.set(shard, [...(byShard.get(shard) ?? []), record]);
  }
  const sum: Added = { counted: 0, duplicates: 0, notCounted: 0 };
  let noted = tally;
  for (const [shard, arrivals] of byShard) {
    const note = noted;
    const add = objects.shard(account, shard, deadline, (object) => object.add(arrivals, 0, view.generation, note));
    const added = await add;
    if (added === null) return null;
    sum.counted += added.counted;
    sum.duplicates += added.duplicates;
    sum.notCounted += added.notCounted;
    noted = {};
  }
  return sum;
}
