/** A Worker that gives the tests the shards of an account, without deliveries and tokens. */
import { MergedCounts } from "../../pkg/src/service/answers/merged-counts.ts";
import { UsageShard } from "../../pkg/src/service/object.ts";

/** The instances of the module in the isolate, which has the Worker and all its objects. */
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    instances.push(this);
  }
};

/** A shard that can be evicted, whose transactions can fail, and that counts the rows which it writes. */
export class TestShard extends UsageShard {
  #state;
  #failing = false;
  #rows = 0;

  constructor(ctx, env) {
    super(ctx, env);
    this.#state = ctx;
    const { sql } = ctx.storage;
    const exec = sql.exec;
    sql.exec = (...given) => {
      const cursor = exec.call(sql, ...given);
      const rows = cursor.toArray();
      this.#rows += cursor.rowsWritten;
      return { toArray: () => rows };
    };
  }

  /** How many rows it has written, and how many changes and bytes its database has. */
  async stored() {
    const { sql } = this.#state.storage;
    const changes = await this.part(0);
    const tables = sql.exec("SELECT name FROM sqlite_schema WHERE name LIKE 'changes%'").toArray();
    const counts = tables.map(({ name }) => sql.exec(`SELECT count(*) AS n FROM ${name}`).toArray()[0].n);
    return { rows: this.#rows, changes: counts.reduce((sum, n) => sum + n, 0), n: changes.n };
  }

  evict() {
    this.#state.abort("evicted by the test");
  }

  /** Lets the next transaction fail after its work. */
  failOnce() {
    if (this.#failing) return;
    this.#failing = true;
    const { storage } = this.#state;
    const whole = storage.transactionSync;
    storage.transactionSync = (work) =>
      whole.call(storage, () => {
        const result = work();
        storage.transactionSync = whole;
        this.#failing = false;
        throw new Error(`failed by the test after ${JSON.stringify(result)}`);
      });
  }
}

const merged = new MergedCounts();

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const account = searchParams.get("account");
    const shardOf = (shard) => env.USAGE.get(env.USAGE.idFromName(`shard:${account}:${shard}`));
    const shard = shardOf(Number(searchParams.get("shard")));
    try {
      switch (pathname) {
        case "/add": {
          const arrivals = (await request.json()).map(({ key, record }) => ({
            key: key && Uint8Array.from(key),
            record,
          }));
          return Response.json(
            await shard.add(arrivals, Number(searchParams.get("source")), 1, { deliveries: arrivals.length }, {}),
          );
        }
        case "/take-back":
          return Response.json(await shard.takeBack(Number(searchParams.get("source")), 7));
        case "/stored":
          return Response.json(await shard.stored());
        case "/tally":
          return Response.json((await shard.ingested()).tally);
        case "/memory":
          return Response.json(instances.reduce((sum, { exports }) => sum + exports.memory.buffer.byteLength, 0));
        case "/fail-once":
          await shard.failOnce();
          return new Response();
        case "/evict":
          await shard.evict();
          return new Response();
        case "/answers": {
          const shards = Number(searchParams.get("shards"));
          const counts = await merged.of(account, shards, (number, since) => shardOf(number).part(since));
          return Response.json(answersOf(counts));
        }
      }
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};

/** Everything that the counts answer. */
function answersOf(counts) {
  const by = ["agent", "number", "channel", "direction"];
  const { rows, totals } = counts.breakdown({ by, from: "2024-01-01", to: "2025-01-01", step: "day" });
  const series = rows.map(({ series: { messages, calls, totalSeconds }, ...row }) => ({
    ...row,
    series: [...messages, ...calls, ...totalSeconds],
  }));
  return { series, totals, numbers: counts.byNumber(), counted: counts.diagnostics().counted, span: counts.span() };
}

export { answersOf };
