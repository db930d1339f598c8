// A Worker that has the service, and fills the shards of an account directly, without deliveries.
import { trimRecords } from "usage-by-agent";
import { UsageShard as Base, createUsageService } from "usage-by-agent/service";

/** The instances of the module in this isolate, which has the Worker and all objects here. */
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    instances.push(this);
  }
};

export class UsageShard extends Base {
  #state;

  constructor(ctx, env) {
    super(ctx, env);
    this.#state = ctx;
  }

  evict() {
    this.#state.abort("evicted");
  }

  size() {
    return this.#state.storage.sql.databaseSize;
  }
}

const service = createUsageService(({ NOW }) => ({ now: () => NOW }));
const SHARDS = 8;
const YEAR_MS = 365 * 86_400_000;

export default {
  async fetch(request, env, context) {
    const { pathname, searchParams } = new URL(request.url);
    const of = (name) => Number(searchParams.get(name));
    const shard = (n) => env.USAGE.get(env.USAGE.idFromName(`shard:acme:${n}`));
    const shards = Array.from({ length: SHARDS }, (_, n) => n);
    switch (pathname) {
      case "/bench/fill":
        return Response.json(await fill(shard, of("from"), of("count"), of("total"), env.NOW));
      case "/bench/evict":
        return Response.json((await Promise.allSettled(shards.map((n) => shard(n).evict()))).length);
      case "/bench/sizes":
        return Response.json({
          storage: await Promise.all(shards.map((n) => shard(n).size())),
          modules: instances.map(({ exports }) => exports.memory.buffer.byteLength),
        });
    }
    return service.fetch(request, env, context);
  },
};

/** Adds events that are spread evenly over a year. They have `total` different ids. */
async function fill(shard, from, count, total, now) {
  const lines = [];
  for (let n = from; n < from + count; n++) {
    const at = new Date(now - YEAR_MS + Math.floor((n / total) * YEAR_MS)).toISOString();
    const agentId = `agt_${(n * 7919) % 200}`;
    const numberId = `num_${(n * 104_729) % 40}`;
    const isCall = n % 4 === 0;
    const data = isCall
      ? {
          callId: `call_${n}`,
          numberId,
          direction: "inbound",
          status: "completed",
          startedAt: at,
          durationSeconds: n % 900,
        }
      : { messageId: `msg_${n}`, numberId, direction: n % 3 ? "inbound" : "outbound", receivedAt: at };
    const event = isCall ? "agent.call_ended" : "agent.message";
    lines.push(JSON.stringify({ event, channel: isCall ? "voice" : "sms", timestamp: at, agentId, data }));
  }
  const { records } = trimRecords(lines.join("\n"));
  const adding = Array.from({ length: SHARDS }, (_, n) => {
    const own = records.filter(({ key }) => key[0] >> 3 === n);
    return shard(n).add(own, 0, Number.MAX_SAFE_INTEGER, {}, {});
  });
  const added = await Promise.all(adding);
  return added.reduce((sum, { counted }) => sum + counted, 0);
}
