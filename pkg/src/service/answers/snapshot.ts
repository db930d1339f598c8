import { UsageError, UsageRollup } from "usage-by-agent";
import { Deadline } from "../../handler/deadline.js";
import { type Answer, errorAnswer } from "../../handler/http/answer.js";
import type { Objects } from "../objects.js";
import type { Authorized } from "../register/authorize.js";

/** How long a shard may take, in milliseconds. */
const SHARD_MS = 60_000;

/** The most memory of the counts of a whole account while they are merged, in bytes. An isolate has 128 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The counts of an account with the ids, as bytes that `UsageRollup.merge` takes: of all shards, or of the one that the parameter `shard`
 * names. Those of one shard are streamed.
 */
export async function snapshotOf(
  request: Request,
  { account, view }: Authorized,
  objects: Objects,
): Promise<Answer | Response> {
  const given = new URL(request.url).searchParams.get("shard");
  const deadline = new Deadline(SHARD_MS, request.signal);
  const ask = (shard: number) => objects.shard(account, shard, deadline, (object) => object.snapshot());
  try {
    if (given !== null) {
      const shard = /^\d{1,2}$/.test(given) ? Number(given) : Number.NaN;
      if (!(shard < view.shards)) {
        const message = `The parameter shard must be a whole number from 0 to ${view.shards - 1}.`;
        return errorAnswer(400, "invalid_shard", message);
      }
      return bytes((await ask(shard)) ?? empty());
    }
    return await merged(view.shards, ask);
  } finally {
    deadline.end();
  }
}

async function merged(
  shards: number,
  ask: (shard: number) => Promise<ReadableStream<Uint8Array> | null>,
): Promise<Answer | Response> {
  const rollup = new UsageRollup({ maxMemoryBytes: MOST_BYTES });
  try {
    for (let shard = 0; shard < shards; shard++) {
      const snapshot = await ask(shard);
      if (snapshot !== null) rollup.merge(new Uint8Array(await new Response(snapshot).arrayBuffer()));
    }
    return bytes(rollup.snapshot() as Uint8Array<ArrayBuffer>);
  } catch (error) {
    if (!(error instanceof UsageError) || error.code !== "out_of_memory") throw error;
    const message = `The account is too large for one snapshot. Ask for each shard, ?shard=0 to ?shard=${shards - 1}, and merge them.`;
    return errorAnswer(413, "too_large", message);
  } finally {
    rollup.free();
  }
}

function empty(): Uint8Array<ArrayBuffer> {
  const rollup = new UsageRollup();
  try {
    return rollup.snapshot() as Uint8Array<ArrayBuffer>;
  } finally {
    rollup.free();
  }
}

function bytes(body: BodyInit): Response {
  const headers = { "content-type": "application/octet-stream", "cache-control": "private, no-store" };
  return new Response(body, { headers });
}
