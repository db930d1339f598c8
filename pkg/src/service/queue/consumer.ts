import { trimRecords } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { fromHex } from "../hexadecimal.js";
import { shardName, shardOf } from "../names.js";
import type { Objects } from "../objects.js";
import type { Message, MessageBatch } from "../platform.js";
import type { QueuedArrival } from "../shard/shard.js";
import { type Queued, queuedOf } from "./message.js";

/** How long a shard may take for a batch, in milliseconds. */
const SHARD_MS = 30_000;

/** After how many seconds a message comes again that could not be stored, the first time. It doubles with each attempt, up to an hour. */
const RETRY_SECONDS = 2;

/** A message that goes to a shard. */
interface Pending {
  message: Message;
  queued: Queued;
  arrival: QueuedArrival;
}

/**
 * Stores the deliveries of a batch: one call and one transaction for each shard. What could not be stored comes again. Keys make sure that
 * nothing counts twice, also when a batch comes again that was stored.
 */
export async function consume({ messages }: MessageBatch, objects: Objects, nowMs: number): Promise<unknown[]> {
  const errors: unknown[] = [];
  const byShard = new Map<string, Pending[]>();
  for (const message of messages) {
    const queued = queuedOf(message.body);
    if (queued === null) {
      message.ack(); // it will never be right
      errors.push(new Error("the queue has a message that is not a delivery"));
      continue;
    }
    try {
      const arrival = await arrivalOf(queued, objects, nowMs);
      if (arrival === null) message.ack();
      else {
        const name = shardName(queued.account, shardOf(arrival.key[0], queued.shards));
        byShard.set(name, [...(byShard.get(name) ?? []), { message, queued, arrival }]);
      }
    } catch (error) {
      errors.push(error);
      again(message);
    }
  }
  const accounts = new Set<string>();
  for (const pending of byShard.values()) {
    for (const { queued } of pending) accounts.add(queued.account);
    try {
      await storeAll(pending, objects);
      for (const { message } of pending) message.ack();
    } catch (error) {
      errors.push(error);
      for (const { message } of pending) again(message);
    }
  }
  for (const account of accounts) {
    const note = (deadline: Deadline) => objects.register(account, deadline, (object) => object.registerNoteChange());
    await within(note).catch((error: unknown) => errors.push(error));
  }
  return errors;
}

/** What a shard gets; `null` if the account has been erased. */
async function arrivalOf(queued: Queued, objects: Objects, nowMs: number): Promise<QueuedArrival | null> {
  const { account, generation, shards, claim, tally, ifCounted } = queued;
  const arrival = { key: fromHex(queued.key), record: queued.record, generation, tally, ifCounted };
  if (claim === null) return arrival;
  const { signature, id, untilMs } = claim;
  const first = await within((deadline) => {
    const shard = shardOf(Number.parseInt(signature.slice(0, 2), 16) & 63, shards);
    return objects.shard(account, shard, deadline, (object) => object.claim(signature, id, generation, untilMs, nowMs));
  });
  if (first === null) return null;
  if (first === id) return arrival;
  const record = JSON.stringify({ ...JSON.parse(arrival.record), deliveryId: first });
  const [renamed] = trimRecords(record).records;
  return { ...arrival, ...(renamed?.key && { key: renamed.key as Uint8Array<ArrayBuffer>, record: renamed.record }) };
}

async function storeAll(pending: readonly Pending[], objects: Objects): Promise<void> {
  const [first] = pending;
  if (first === undefined) return;
  const { account, shards } = first.queued;
  const shard = shardOf(first.arrival.key[0], shards);
  const arrivals = pending.map(({ arrival }) => arrival);
  await within((deadline) => objects.shard(account, shard, deadline, (object) => object.addQueued(arrivals)));
}

async function within<T>(ask: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = new Deadline(SHARD_MS);
  try {
    return await ask(deadline);
  } finally {
    deadline.end();
  }
}

function again(message: Message): void {
  message.retry({ delaySeconds: Math.min(RETRY_SECONDS * 2 ** Math.max(0, message.attempts - 1), 3600) });
}
