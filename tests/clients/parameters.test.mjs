/** Sends each request to the Worker and to FastAPI. Both accept it, or both refuse it with equal messages. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { ask, PATHS, startFastApi, startWorker, TOKEN } from "./support.mjs";

const GENERATED = 500;
const AT_ONCE = 8;

let fastApi;
let worker;
before(async () => {
  fastApi = await startFastApi();
  const account = { plan: { name: "Pro" }, numbers: { used: 1, limit: 2, remaining: 1 } };
  worker = await startWorker({
    vars: { API_TOKENS: TOKEN, NOW: fastApi.now },
    objects: { "records.ndjson": "", "account.json": JSON.stringify(account) },
  });
});
after(async () => {
  await worker?.stop();
  await fastApi?.stop();
});

/** Splits a text into values, which are spelled as in a URL. */
const values = (text) => text.trim().split(/\s+/);

const PERIODS = ["", ...values("week month year decade Week %20week week+ weeks null 0 %00 %F0%9F%93%85")];
const NAMES = values("UTC utc America/New_York america/new_york Europe%2FParis Asia/Kolkata Etc/GMT%2B5 EST5EDT");
const NO_NAMES = [
  "",
  ...values(`Mars/Olympus %20UTC UTC+ America America/ /UTC ../UTC New_York America/New+York %2B02:00 GMT%2B2
  null ' %22 %5C %00 %FF %C3%BCtc {name} Z localtime ${"x".repeat(3000)}`),
];
const NUMBERS = [
  "",
  ...values(`0 1 2 7 24 25 30 365 366 -1 -0 -00 %2B7 %2B%2B7 %2B-7 -%2B7 -+7 007
  7.0 7.00 7. .7 7.5 0.0 -0.0 7.0.0 007.0 %2B7.0 1e1 1E1 7e0 0x7 0b1 0o7
  1_0 1__0 _7 7_ 0_7 %2B_7 -_7 1_0.0 7.0_0 7_.0 1_2_3 0_ _ 00_7 0__7
  +7 7+ +7+ %097 7%0A %0B7 %0C7 7%0D %1C7 %1D7 %1E7 %1F7 %207 %C2%857 %C2%A07 7%C2%A0 %E1%9A%807 %E2%80%807 %E2%80%8B7
  %E2%80%A87 %E2%81%9F7 %E3%80%807 %EF%BB%BF7 %E1%A0%8E7 %EF%BC%97 %D9%A3 %C2%B2 %00 7%00 %007 %FF7 7%ED%A0%80
  true True null NaN nan Infinity -inf seven 7,0 7; 7d $7 7=8 =7 [7] 7|
  9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775809 18446744073709551616
  1${"0".repeat(40)} -1${"0".repeat(40)} ${"9".repeat(309)} ${"0".repeat(30)}7 7.${"0".repeat(40)} 7.${"0".repeat(40)}1
  ${"1".repeat(40)}.0 ${"1_".repeat(20)}1 ${"9".repeat(4299)} ${"9".repeat(4300)} ${"9".repeat(4301)} -${"9".repeat(4300)}
  ${"0".repeat(4301)}7 7.${"0".repeat(4400)}`),
];

/** Complete queries. Each endpoint gets all of them. */
const QUERIES = [
  "",
  ...values(`? & && = =&= period tz days months days= days&days period&tz % %zz
  period=decade&period=week period=week&period=decade period=week&period= tz=UTC&period=week&tz=X
  days=7&days=x days=x&days=7 days=7&days= months=0&months=3 DAYS=x Period=week days[]=x days[0]=x
  %64ays=x d%61ys=0 %70eriod=week&%74z=UTC days=7;months=x period=week;tz=X days=% days=%zz days=7%2
  period=week&tz period=week&tz=% period=we%65k period=week&unknown=1 days=7&now=2020 days==7
  period=week&tz=a+b days=+%2B7 days=1+0 period="week" tz=<x>&period=week period=week&tz=\u65e5\u672c days=\u00a07
  period=week&tz=| period=week&tz=[\`^{}] +days=x days+=x`),
];

/** Yields the hand-picked requests. */
function* table() {
  for (const period of PERIODS) yield ["by-agent", `period=${period}`];
  for (const tz of [...NAMES, ...NO_NAMES]) {
    yield ["by-agent", `period=month&tz=${tz}`];
    yield ["by-agent", `tz=${tz}`];
  }
  for (const number of NUMBERS) {
    yield ["daily", `days=${number}`];
    yield ["monthly", `months=${number}`];
  }
  for (const endpoint of Object.keys(PATHS)) {
    for (const query of QUERIES) yield [endpoint, query];
  }
}

/** Pieces of values that are near the limits of what is valid. */
const PIECES =
  values(`0 1 7 00 9 36 5 24 _ %2B - . .0 e + %20 %09 %C2%A0 %E2%80%89 x %EF%BC%91 %00 % %f %FF %F0%9F ' , /
  %2E month week UTC America/ \u00e9`);
const OWN = { "by-agent": ["period", "tz"], usage: [], daily: ["days"], monthly: ["months"], "by-number": [] };
const VALUES = { period: PERIODS, tz: [...NAMES, ...NO_NAMES], days: NUMBERS, months: NUMBERS };

/** Yields random requests. Their values are known values or random pieces. Parameters may be missing or repeated. */
function* generated() {
  const random = new Random(5, 1);
  const endpoints = Object.keys(PATHS).map((endpoint) => [OWN[endpoint].length > 0 ? 4 : 1, endpoint]);
  for (let i = 0; i < GENERATED; i++) {
    const endpoint = random.weighted(endpoints);
    const names = random.chance(0.8) && OWN[endpoint].length > 0 ? OWN[endpoint] : Object.keys(VALUES);
    const pairs = Array.from({ length: random.below(4) }, () => {
      const name = random.pick(names);
      if (random.chance(0.05)) return name;
      if (random.chance(0.5)) return `${name}=${random.pick(VALUES[name])}`;
      return `${name}=${Array.from({ length: random.below(6) }, () => random.pick(PIECES)).join("")}`;
    });
    yield [endpoint, pairs.join("&")];
  }
}

/** Sends one request to both servers. Returns their difference, or whether both refuse the request. */
async function difference([endpoint, query]) {
  // Characters that a request line cannot contain are percent-encoded as UTF-8. A `%` in the query is intended and stays.
  const path = encodeURI(`${PATHS[endpoint]}?${query}`).replaceAll("%25", "%");
  const [ours, theirs] = await Promise.all([ask(worker.base, path), ask(fastApi.base, path)]);
  const comparable = ({ status, json }) => {
    if (status === 422) {
      // The hint of an unknown zone, which FastAPI does not have.
      const detail = json().detail.map(({ ctx, ...error }) =>
        error.type === "value_error" || ctx === undefined ? error : { ...error, ctx },
      );
      return [status, { ...json(), detail }];
    }
    if (status !== 200) return [status, json()];
    const { period, periodStart, periodEnd, days, months, data } = json();
    return endpoint === "by-number" || endpoint === "by-agent"
      ? [status, { period, periodStart, periodEnd }]
      : [status, { periodStart, periodEnd, days, months, data: data?.map(({ date, month }) => [date, month]) }];
  };
  try {
    assert.deepEqual(comparable(ours), comparable(theirs));
    return { refused: theirs.status === 422 };
  } catch (error) {
    return { difference: `${path.slice(0, 300)}\n${error.message.slice(0, 900)}` };
  }
}

async function compare(t, questions) {
  const waiting = [...questions];
  const counts = { asked: waiting.length, refused: 0 };
  const differing = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let question = waiting.shift(); question; question = waiting.shift()) {
        const { refused, difference: found } = await difference(question);
        counts.refused += Number(refused ?? 0);
        if (found) differing.push(found);
      }
    }),
  );
  t.diagnostic(`${counts.asked} requests, ${counts.refused} refused by both`);
  assert.equal(differing.length, 0, `${differing.length} differ:\n${differing.slice(0, 10).join("\n\n")}`);
  assert.ok(
    counts.refused > counts.asked / 4 && counts.refused < counts.asked * 0.9,
    "the requests must be a mix of accepted and refused ones",
  );
}

test("hand-picked requests", (t) => compare(t, table()));
test("random requests", (t) => compare(t, generated()));

test("the OpenAPI documents of the Worker and FastAPI have equal parameters, except `offset`, which is ours", async () => {
  const documents = await Promise.all(
    [worker, fastApi].map(async ({ base }) => (await ask(base, "/openapi.json")).json()),
  );
  for (const path of Object.values(PATHS)) {
    const [ours, theirs] = documents.map(({ paths }) =>
      (paths[path].get.parameters ?? [])
        .filter(({ name }) => name !== "offset")
        .map(({ name, in: place, required, schema: { title, examples, ...schema } }) => {
          // FastAPI uses `anyOf` with null for an optional parameter. A query cannot contain null.
          const { anyOf: [{ type }] = [schema], ...rest } = schema;
          return { name, place, required, schema: { ...rest, type } };
        }),
    );
    assert.deepEqual(ours, theirs, path);
  }
});
