/** A user's Worker that has the service, and what tests switch: parts of its storage that fail, its clock, and another way in. */
import { UsageShard as Base, createUsageService } from "usage-by-agent/service";

/** What the tests have switched. The Worker and its objects are in one isolate, so both see it. */
const switched = {
  broken: [],
  failing: [],
  hanging: [],
  aheadMs: 0,
  frozenMs: null,
  objectsAheadMs: 0,
  puts: [],
};

/** Alarms are due by the clock of the platform, which tests move. */
const platformNow = Date.now;
Date.now = () => platformNow() + switched.objectsAheadMs;

/** A bucket whose next puts fail as the tests say: `before` or `after` they are done, or not, `ok`. */
function faulty(bucket) {
  if (bucket === undefined) return;
  return {
    list: (how) => bucket.list(how),
    delete: (keys) => bucket.delete(keys),
    async put(key, value) {
      const how = switched.puts.shift() ?? "ok";
      if (how === "before") throw new Error("the bucket is broken");
      await bucket.put(key, value);
      if (how === "after") throw new Error("the answer of the bucket is lost");
    },
  };
}

/** How often each method of an object was called. */
const calls = {};

/** Errors that the service has told. */
const errors = [];

export class UsageShard extends Base {
  #state;
  #sql;

  constructor(ctx, env) {
    super(ctx, { ...env, ARCHIVE: faulty(env.ARCHIVE) });
    this.#state = ctx;
    this.#sql = ctx.storage.sql;
    for (const name of Object.getOwnPropertyNames(Base.prototype)) {
      if (name === "constructor") continue;
      Object.defineProperty(Object.getPrototypeOf(this), name, {
        configurable: true,
        value(...given) {
          calls[name] = (calls[name] ?? 0) + 1;
          if (switched.hanging.includes(name)) return hang();
          if (switched.broken.includes(name)) throw new Error("the storage is broken");
          const result = Base.prototype[name].apply(this, given);
          if (switched.failing.includes(name)) throw new Error("the answer of the storage is lost");
          return result;
        },
      });
    }
  }

  /** The names of the tables that the object has. */
  tables() {
    const select = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'";
    return [...this.#sql.exec(select)].map(({ name }) => name);
  }

  /** What happens when the object's alarm rings. */
  async forget() {
    await this.alarm();
  }

  /** Ends the object, so that the next call finds a new one, which has nothing in memory. */
  evict() {
    this.#state.abort("evicted by the test");
  }
}

/** Ends when the test switches it. */
async function hang() {
  while (switched.hanging.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

const options = (env) => ({
  ...env.OPTIONS,
  now: () => (switched.frozenMs ?? platformNow()) + switched.aheadMs,
  onError: (error) => errors.push(String(error)),
});
const service = createUsageService(options);

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/test/switch") return Response.json(Object.assign(switched, await request.json()));
    if (pathname === "/test/evict") return evicted(env, await request.json());
    if (pathname === "/test/calls") return Response.json({ calls, errors });
    if (pathname.startsWith("/test/record/")) return recorded(request, pathname.slice("/test/record/".length));
    if (pathname.startsWith("/test/objects/")) {
      const [account, method] = pathname.slice("/test/objects/".length).split("/");
      return Response.json(await Promise.all(objectsOf(env, account).map((object) => object[method]())));
    }
    if (pathname === "/test/refused")
      return Response.json(REFUSED.map(([path, options]) => ({ path, refused: refusal(options) })));
    if (pathname === "/test/record-read") return recordedTwice(request);
    return service.fetch(request, env, context);
  },
  queue: (batch, env) => service.queue(batch, env),
};

/** The register and the first eight shards of an account. */
function objectsOf({ USAGE }, account) {
  const names = [`account:${account}`, ...Array.from({ length: 8 }, (_, n) => `shard:${account}:${n}`)];
  return names.map((name) => USAGE.get(USAGE.idFromName(name)));
}

/** Evicts objects. */
async function evicted(env, names) {
  const evict = (name) => env.USAGE.get(env.USAGE.idFromName(name)).evict();
  const ended = await Promise.allSettled(names.map(evict));
  return Response.json(ended.map(({ reason }) => String(reason)));
}

/** Records a delivery as one's own Worker does, and answers the vendor. */
async function recorded(request, account) {
  const answer = await service.record(request, account);
  if (!answer.ok) return answer;
  return Response.json({ recorded: await answer.json(), read: (await request.text()).length });
}

/** Reads a request before it is recorded, which is a mistake. */
async function recordedTwice(request) {
  await request.text();
  try {
    return await service.record(request, "acme");
  } catch ({ code, path }) {
    return Response.json({ code, path });
  }
}

/** Options that must be refused at once, each after its place. */
const REFUSED = [
  ["", null],
  ["", []],
  ["", "USAGE"],
  ["/token", { token: "hunter2" }],
  ["/timeZone", { timeZone: "UTC" }],
  ["/binding", { binding: "" }],
  ["/binding", { binding: 5 }],
  ["/shards", { shards: 3 }],
  ["/shards", { shards: 128 }],
  ["/shards", { shards: "8" }],
  ["/toleranceMs", { toleranceMs: 59_999 }],
  ["/toleranceMs", { toleranceMs: 604_800_001 }],
  ["/maxDeliveryBytes", { maxDeliveryBytes: 1023 }],
  ["/maxDeliveryBytes", { maxDeliveryBytes: 1e9 }],
  ["/readTimeoutMs", { readTimeoutMs: 0 }],
  ["/forwardTimeoutMs", { forwardTimeoutMs: 1.5 }],
  ["/forward", { forward: "http://app.example/" }],
  ["/forward", { forward: "https://user:hunter2@app.example/" }],
  ["/forward", { forward: "hunter2" }],
  ["/allowHttp", { allowHttp: 1 }],
  ["/rate", { rate: 0 }],
  ["/archive", { archive: "" }],
  ["/archivePrefix", { archivePrefix: "/usage" }],
  ["/archivePrefix", { archivePrefix: "" }],
  ["/cors/origins/0", { cors: { origins: ["app.example"] } }],
  ["/query", { query: "UTC" }],
  ["/query/zone", { query: { zone: "UTC" } }],
  ["/query/tz", { query: { tz: "Mars/Olympus" } }],
  ["/query/weekStart", { query: { weekStart: "someday" } }],
  ["/limits/computing", { limits: { computing: 0 } }],
  ["/now", { now: 5 }],
  ["/onError", { onError: "log" }],
];

function refusal(options) {
  try {
    createUsageService(options);
    return null;
  } catch ({ name, code, path, message }) {
    return { name, code, path, message };
  }
}
