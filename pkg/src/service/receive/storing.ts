import type { TrimmedRecord } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { notify } from "../../handler/notify.js";
import { toHex } from "../hexadecimal.js";
import { shardOf } from "../names.js";
import type { Objects } from "../objects.js";
import type { Checked } from "../options.js";
import type { QueueBinding, ServiceContext } from "../platform.js";
import type { Queued } from "../queue/message.js";
import type { RegisterView } from "../register/register.js";
import { type Added, DELIVERIES } from "../shard/shard.js";
import { addTally, type Tally } from "../tally.js";
import { deliveryId, type Read, readDelivery } from "./delivery.js";
import type { Gathered } from "./gathered.js";
import type { Signed } from "./signature.js";

/** How long the shards may take for one delivery, in milliseconds. */
const STORAGE_MS = 10_000;

/** What became of a delivery that was accepted. */
export type Status = "counted" | "duplicate" | "ignored" | "invalid" | "queued";

/** A delivery that one of the account's secrets has signed. */
export interface Accepted {
  account: string;
  view: RegisterView;
  request: Request;
  body: Uint8Array<ArrayBuffer>;
  signed: Signed;
  context: ServiceContext;
}

/** A record on its way to its shard, and what the account's tally gets. */
interface OnItsWay extends Pick<Read, "ifCounted" | "byDelivery"> {
  record: TrimmedRecord;
  tally: Tally;
}

/** Makes durable what counts: in its shard, or in the queue where there is one and many deliveries come at once. */
export class Storing {
  readonly #options: Checked;
  readonly #objects: Objects;
  readonly #gathered: Gathered;
  readonly #queue: QueueBinding | undefined;
  /** How many deliveries are being stored in shards. */
  #atOnce = 0;

  constructor(options: Checked, objects: Objects, gathered: Gathered, queue: QueueBinding | undefined) {
    this.#options = options;
    this.#objects = objects;
    this.#gathered = gathered;
    this.#queue = queue;
  }

  /** Stores a delivery. `null` if the account has been erased. */
  async store(accepted: Accepted): Promise<Status | null> {
    const { account, request, body, context } = accepted;
    const id = await deliveryId(request.headers, body);
    const { record, ifCounted, byDelivery, tally: read } = readDelivery(body, id);
    const tally: Tally = { deliveries: 1, lastDeliveryMs: this.#options.now() };
    addTally(tally, read);
    if (record === null) {
      this.#gathered.add(account, tally, context);
      return "invalid" in tally ? "invalid" : "ignored";
    }
    const onItsWay = { record, ifCounted, byDelivery, tally };
    if (this.#queue === undefined) return this.#direct(accepted, id, onItsWay);
    if (this.#atOnce >= this.#options.directAtOnce) return this.#enqueue(this.#queue, accepted, id, onItsWay);
    try {
      return await this.#direct(accepted, id, onItsWay);
    } catch (error) {
      notify(this.#options.onError, error, request);
      return this.#enqueue(this.#queue, accepted, id, onItsWay);
    }
  }

  async #direct(
    accepted: Accepted,
    id: string,
    { record, tally, ifCounted, byDelivery }: OnItsWay,
  ): Promise<Status | null> {
    const { account, view, body } = accepted;
    const deadline = new Deadline(STORAGE_MS);
    this.#atOnce++;
    try {
      let known = record;
      if (byDelivery) {
        const first = await this.#claim(accepted, id, deadline);
        if (first === null) return null;
        if (first !== id) known = readDelivery(body, first).record ?? record;
      }
      const added = await this.#objects.shard(account, shardOf(known.key?.[0], view.shards), deadline, (object) =>
        object.add([known], DELIVERIES, view.generation, tally, ifCounted),
      );
      return added && statusOf(added);
    } finally {
      this.#atOnce--;
      deadline.end();
      this.#gathered.noteChange(account, accepted.context); // also after an error, because the answer alone may be lost
    }
  }

  async #enqueue(
    queue: QueueBinding,
    { account, view, signed }: Accepted,
    id: string,
    { record, tally, ifCounted, byDelivery }: OnItsWay,
  ): Promise<Status> {
    const { generation, shards } = view;
    const key = toHex(record.key ?? new Uint8Array());
    const claim = byDelivery ? { signature: signatureOf(signed), id, untilMs: this.#untilMs(signed) } : null;
    const message: Queued = { account, generation, shards, key, record: record.record, tally, ifCounted, claim };
    const deadline = new Deadline(STORAGE_MS);
    try {
      await deadline.wait(queue.send(message));
      return "queued";
    } finally {
      deadline.end();
    }
  }

  /** The id that first came with the signature, which does not cover the id. `null` if the account has been erased. */
  #claim({ account, view, signed }: Accepted, id: string, deadline: Deadline): Promise<string | null> {
    const signature = signatureOf(signed);
    const claim = [signature, id, view.generation, this.#untilMs(signed), this.#options.now()] as const;
    const shard = shardOf(Number.parseInt(signature.slice(0, 2), 16) & 63, view.shards);
    return this.#objects.shard(account, shard, deadline, (object) => object.claim(...claim));
  }

  /** When the delivery will be too old to be accepted. */
  #untilMs({ timeMs }: Signed): number {
    return timeMs + this.#options.toleranceMs;
  }
}

/** A signature in hexadecimal digits. */
function signatureOf({ signature }: Signed): string {
  return toHex(signature ?? new Uint8Array(1));
}

function statusOf({ counted, duplicates }: Added): Status {
  if (counted > 0) return "counted";
  return duplicates > 0 ? "duplicate" : "ignored";
}
