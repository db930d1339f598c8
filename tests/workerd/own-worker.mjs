/** A user's Worker with every option of `createUsageHandler` that the project's Worker does not use. */
import { UsageRollup } from "usage-by-agent";
import { createUsageHandler } from "usage-by-agent/handler";

const JUNE = "2024-06-15T12:00:00Z";
const RECORDS = [
  { id: "1", type: "message", agentId: "a", receivedAt: "2024-06-10T00:00:00Z" },
  { id: "2", type: "message", agentId: "b", receivedAt: "2024-05-10T00:00:00Z" },
];
const rollup = new UsageRollup().push(RECORDS);
const account = { plan: { name: "Own" }, numbers: { used: 1, limit: 1, remaining: 0 } };
const authorize = (token) => token === "good";
const now = () => JUNE;
const open = { authorize, now };

/** Bytes in chunks that end anywhere, then `end`. */
function pieces(text, end = (controller) => controller.close()) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return end(controller);
      controller.enqueue(bytes.subarray(at, at + 7));
      at += 7;
    },
  });
}

/** The input of the last request. Cases write it and tests read it. */
let noted = {};

const never = () => new Promise(() => {});
const upstream = (fetch, more) => ({ upstream: { baseUrl: "https://upstream.invalid", fetch, retries: 0, ...more } });

const CASES = {
  objects: {
    ...open,
    records(window, request) {
      noted = { window, url: request.url };
      return RECORDS;
    },
  },
  page: { ...open, records: async () => ({ data: RECORDS, hasMore: false }) },
  rollup: { ...open, rollup, account },
  rollupByRequest: { ...open, rollup: async () => rollup, account: async () => account },
  noRollup: { ...open, rollup: () => Promise.reject(new Error("hunter2")), account },
  notRollup: { ...open, rollup: () => "hunter2", account },
  text: { ...open, records: () => JSON.stringify(RECORDS) },
  stream: { ...open, records: async () => pieces(JSON.stringify(RECORDS)) },
  brokenStream: {
    ...open,
    records: () => pieces(JSON.stringify(RECORDS), (controller) => controller.error(new Error("hunter2"))),
  },
  throwing: {
    ...open,
    records() {
      throw new Error("hunter2");
    },
  },
  rejecting: { ...open, records: () => Promise.reject(new Error("hunter2")) },
  badRecord: { ...open, records: () => [...RECORDS, { type: "message", receivedAt: "hunter2" }] },
  notRecords: { ...open, records: () => 42 },
  overflowing: {
    ...open,
    records: () =>
      [1, 2].map((id) => ({
        id: `${id}`,
        startedAt: JUNE,
        status: "completed",
        durationSeconds: Number.MAX_SAFE_INTEGER,
      })),
  },
  names: { ...open, records: () => RECORDS, query: { agents: [{ id: "a", name: "Ann" }], includeIdle: true } },
  namesByRequest: {
    ...open,
    records: () => RECORDS,
    query: async (request) => ({
      agents: [{ id: "a", name: request.headers.get("x-name") }],
      boundsAs: "wall-clock",
    }),
  },
  namesFailing: { ...open, records: () => RECORDS, query: () => Promise.reject(new Error("hunter2")) },
  badQuery: { ...open, records: () => RECORDS, query: () => ({ weekStart: "someday" }) },
  badClock: { authorize, records: () => RECORDS, now: () => "noon" },
  farClock: { authorize, records: () => RECORDS, now: () => Date.UTC(2150, 0, 1) },
  truthy: { now, records: () => RECORDS, authorize: () => 1 },
  slowly: { now, records: () => RECORDS, authorize: async (token) => token === "good" },
  authorizeFailing: { now, records: () => RECORDS, authorize: () => Promise.reject(new Error("hunter2")) },
  guarded: { authorize: (token) => token === "other", ...upstream(() => (noted.asked = true)) },
  deaf: upstream(never, { timeoutMs: 200 }),
  deafBody: upstream(async () => new Response(new ReadableStream({ pull: never })), { timeoutMs: 200 }),
  failing: upstream(() => Promise.reject(new Error("hunter2"))),
  anyOrigin: { ...open, records: () => RECORDS, cors: { origins: ["*"] } },
};

/** Options that must be refused at once. */
const REFUSED = [
  undefined,
  {},
  { records: () => [], upstream: { baseUrl: "https://a.example" }, authorize },
  { records: () => [], rollup: () => rollup, authorize },
  { rollup, upstream: { baseUrl: "https://a.example" }, authorize },
  { records: () => [] },
  { rollup },
  { rollup: {}, authorize },
  { rollup: null, authorize },
  { rollup, authorize, account: { plan: 5 } },
  { records: [], authorize },
  { records: () => [], authorize: "good" },
  { records: () => [], authorize, now: 5 },
  { records: () => [], authorize, query: "hunter2" },
  { records: () => [], authorize, query: { weekStart: "hunter2" } },
  { rollup, authorize, query: { agents: 5 } },
  { rollup, authorize, query: { agents: [{ id: "a", name: "Ann" }, { id: "b" }] } },
  { records: () => [], authorize, cors: "https://app.example" },
  { records: () => [], authorize, cors: { origins: "https://app.example" } },
  { records: () => [], authorize, cors: { origins: ["app.example"] } },
  { records: () => [], authorize, cors: { origins: ["https://ok.example", "https://app.example/path"] } },
  { upstream: "https://a.example" },
  { upstream: {} },
  { upstream: { baseUrl: "https://a.example?x=1" } },
  { upstream: { baseUrl: "https://a.example", timeoutMs: 0 } },
  { upstream: { baseUrl: "https://a.example", maxBytes: 1e9 } },
  { upstream: { baseUrl: "https://a.example", retries: 1.5 } },
  { upstream: { baseUrl: "https://a.example", fetch: {} } },
];

function refusal(options) {
  try {
    createUsageHandler(options);
    return null;
  } catch ({ name, code, path }) {
    return { name, code, path };
  }
}

const handlers = Object.fromEntries(
  Object.entries(CASES).map(([name, options]) => [name, createUsageHandler(options)]),
);

export default {
  async fetch(request) {
    const name = request.headers.get("x-case");
    if (name === "refused") return Response.json(REFUSED.map(refusal));
    if (name === "noted") return Response.json(noted);
    return handlers[name](request);
  },
};
