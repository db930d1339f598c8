import { trimRecords } from "usage-by-agent";
import type { ListedDelivery } from "usage-by-agent/collect";
import { type OwnShards, Removed } from "./own-shards.js";

/** A delivery that told a message whose id it did not have. */
interface Mapped {
  key: Uint8Array;
  messageId: string;
}

/**
 * Gives messages their own ids that are known by the ids of their deliveries, so that they do not count beside the listed messages. The
 * vendor's list of deliveries says which message each of them told.
 *
 * A message is stored under its own key before it is taken back under the other one. So a step that was ended is done again without harm.
 */
export async function mapDeliveries(pages: AsyncIterable<ListedDelivery[]>, shards: OwnShards): Promise<void> {
  for await (const page of pages) {
    const told = page.flatMap(({ id, messageId }) => (messageId === null ? [] : [{ id, messageId }]));
    const keys = keysOf(told.map(({ id }) => id));
    const mapped = told.flatMap(({ messageId }, at): Mapped[] => {
      const key = keys[at];
      return key == null ? [] : [{ key, messageId }];
    });
    const stored: { key: Uint8Array; record: string }[] = [];
    await shards.each(mapped, async (object, own) => {
      const messages = new Map(own.map(({ key, messageId }) => [String(key), messageId]));
      for (const { key, record } of await object.recordsOf(own.map(({ key }) => key))) {
        const messageId = messages.get(String(new Uint8Array(key)));
        if (messageId !== undefined) stored.push({ key: new Uint8Array(key), record: withMessage(record, messageId) });
      }
    });
    if (stored.length === 0) continue;
    const renamed = trimRecords(stored.map(({ record }) => record).join("\n")).records;
    await shards.each(renamed, async (object, arrivals, generation) => {
      if ((await object.addMoved(arrivals, generation)) === null) throw new Removed();
    });
    await shards.each(stored, async (object, own, generation) => {
      const moved = await object.moved(
        own.map(({ key }) => key),
        generation,
      );
      if (moved === null) throw new Removed();
    });
  }
}

/** The keys under which messages of these deliveries are stored. */
function keysOf(ids: string[]): (Uint8Array | null)[] {
  const receivedAt = "2025-01-01T00:00:00Z";
  const lines = ids.map((id) => JSON.stringify({ event: "agent.message", deliveryId: id, data: { receivedAt } }));
  return trimRecords(lines.join("\n")).records.map(({ key }) => key);
}

/** A trimmed message that has the id of its message, and not that of its delivery. */
function withMessage(record: string, messageId: string): string {
  const { deliveryId: _deliveryId, data, ...rest } = JSON.parse(record) as { deliveryId?: string; data: object };
  return JSON.stringify({ ...rest, data: { messageId, ...data } });
}
