/** Random responses of the five endpoints: valid ones, and valid ones in which one rule is broken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { answers, broken, spelled } from "../support/answers.mjs";
import { judged } from "../support/judge.mjs";
import { packed } from "../support/packed.mjs";

const { periodBounds, timeZones, validateResponse } = packed;

test("ten thousand valid responses in different spellings have no problems", () => {
  const random = new Random(2);
  const source = answers(1, periodBounds, timeZones());
  const counts = {};
  for (let n = 0; n < 10_000; n++) {
    const { endpoint, body, expect } = source.next().value;
    const text = spelled(body, random);
    JSON.parse(text); // it is JSON
    const found = validateResponse(endpoint, new TextEncoder().encode(text), expect);
    const reported = found.ok ? found.warnings : found.problems;
    const wanted = endpoint === "usage" && !("plan" in body) ? ["warning /plan missing"] : [];
    const said = reported.map(({ severity, path, code }) => `${severity} ${path} ${code}`);
    assert.deepEqual(said, wanted, `${endpoint} ${JSON.stringify(expect)} ${text}`);
    const { value } = validateResponse(endpoint, body, expect);
    for (const [key, expected] of Object.entries(body)) {
      if (key !== "data" || endpoint !== "by-agent") assert.deepEqual(value[key], expected);
    }
    counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  }
  assert.deepEqual(new Set(Object.values(counts)), new Set([2000]));
});

test("broken responses have the problems that a slow second checker finds, through every door", (t) => {
  const random = new Random(4);
  const source = answers(3, periodBounds, timeZones());
  const codes = {};
  for (let n = 0; n < 6000; n++) {
    const { endpoint, body, expect } = broken(source.next().value, random);
    const want = judged(endpoint, body, expect, packed);
    const text = spelled(body, random);
    const bytes = new TextEncoder().encode(` ${text}`);
    const forms = { text, bytes: bytes.subarray(1), buffer: bytes.buffer };
    if (typeof body !== "string") forms.value = body; // a string is text
    for (const [door, form] of Object.entries(forms)) {
      const found = validateResponse(endpoint, form, expect);
      const reported = (found.ok ? found.warnings : found.problems).map(
        ({ severity, path, code }) => `${severity} ${path} ${code}`,
      );
      assert.deepEqual(reported.sort(), want, `${n} ${endpoint} by ${door}, ${JSON.stringify(expect)}: ${text}`);
      assert.equal(found.ok, !want.some((problem) => problem.startsWith("error")));
    }
    for (const code of new Set(want.map((problem) => problem.split(" ").at(-1)))) codes[code] = (codes[code] ?? 0) + 1;
  }
  t.diagnostic(JSON.stringify(codes));
  for (const [code, times] of Object.entries(codes)) assert.ok(times >= 3, `${code}: only ${times} times`);
  assert.equal(Object.keys(codes).length, 23, "every code that an answer which is JSON can have");
});

/** One valid response of each endpoint, with every documented field. */
const WHOLE = {
  "by-agent": {
    data: [
      { agentId: "a", agentName: "A", messages: 9, calls: 2, totalSeconds: 60, isOrphan: false },
      { agentId: "b", agentName: "B", messages: 1, calls: 1, totalSeconds: 30, isOrphan: false },
      { agentId: null, agentName: "Unassigned", messages: 0, calls: 1, totalSeconds: 0, isOrphan: true },
    ],
    period: "month",
    periodStart: "2024-06-01T04:00:00Z",
    periodEnd: "2024-07-01T03:59:59Z",
  },
  usage: {
    plan: {
      name: "Pro",
      limits: {
        numbers: 5,
        messagesPerMonth: 1000,
        voiceMinutesPerMonth: 500,
        maxCallDurationMinutes: 60,
        concurrentCalls: 5,
      },
    },
    numbers: { used: 2, limit: 5, remaining: 3 },
    stats: {
      totalMessages: 40,
      messagesLast24h: 10,
      messagesLast7d: 20,
      messagesLast30d: 30,
      totalCalls: 4,
      callsLast24h: 1,
      callsLast7d: 2,
      callsLast30d: 3,
      totalWebhookDeliveries: 9,
      successfulWebhookDeliveries: 6,
      failedWebhookDeliveries: 2,
      smsSegmentsLast30d: 5,
    },
    periodStart: "2024-06-01T00:00:00Z",
    periodEnd: "2024-06-30T23:59:59Z",
    reportGeneratedAt: "2024-06-15T12:00:00Z",
  },
  daily: {
    data: ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"].map((date) => ({
      date,
      messages: 1,
      calls: 2,
      webhooks: 3,
    })),
    days: 4,
  },
  monthly: {
    data: ["2023-11", "2023-12", "2024-01", "2024-02"].map((month) => ({ month, messages: 1, calls: 2, webhooks: 3 })),
    months: 4,
  },
  "by-number": {
    data: [
      {
        numberId: "n1",
        phoneNumber: "+1",
        country: "US",
        status: "active",
        agentId: "a",
        agentName: "A",
        messages: 1,
        calls: 2,
      },
      {
        numberId: "n2",
        phoneNumber: "+2",
        country: "US",
        status: "active",
        agentId: null,
        agentName: null,
        messages: 1,
        calls: 2,
      },
    ],
  },
};
const EXPECT = {
  "by-agent": { period: "month", tz: "America/New_York", boundsAs: "instant", now: "2024-06-15T12:00:00Z" },
  usage: { now: "2024-06-15T12:00:00Z" },
  daily: { days: 4, now: "2024-03-02T12:00:00Z" },
  monthly: { months: 4, now: "2024-02-29T23:59:59Z" },
  "by-number": {},
};

/** The values that fields may have besides their types. */
const NULLABLE = /\/(agentId|agentName|smsSegmentsLast30d|reportGeneratedAt)$/;
const OPTIONAL = /\/(isOrphan|smsSegmentsLast30d|reportGeneratedAt)$|^by-number.*\/(agentId|agentName)$/;
const OLDER = /^usage\/(plan|plan\/limits|periodStart|periodEnd)$/;
const OTHERS = [null, true, 7, -1, 1.5, "x", "7", [], {}, [1]];

function* places(value, path = "") {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* places(inner, `${path}/${key}`);
}

function changed(body, path, value) {
  const copy = structuredClone(body);
  if (path === "") return value;
  const keys = path.split("/").slice(1);
  const last = keys.pop();
  const holder = keys.reduce((object, key) => object[key], copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const type = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** Changes that remove a field, give it another type, or put a number out of range. */
function* byType() {
  for (const [endpoint, whole] of Object.entries(WHOLE)) {
    for (const [path, value] of places(whole)) {
      const place = endpoint + path;
      const isRow = /\/data\/\d+$/.test(path);
      const isOther = (other) =>
        type(other) !== type(value) &&
        !(other === null && NULLABLE.test(place) && !/^by-agent.*agentName$/.test(place));
      const isAlsoText = (other) => type(other) === "string" && value === null; // a text in the place of a null id
      for (const other of OTHERS.filter((other) => isOther(other) && !isAlsoText(other))) {
        yield { endpoint, body: changed(whole, path, other), path, what: `${place} is ${JSON.stringify(other)}` };
      }
      if (path !== "" && !isRow && !OPTIONAL.test(place)) {
        const severity = OLDER.test(place) ? "warning" : "error";
        yield { endpoint, body: changed(whole, path, undefined), path, severity, what: `${place} is missing` };
      }
      if (typeof value === "number") {
        for (const other of [-1, 1.5, 2 ** 53, -0.5]) {
          yield { endpoint, body: changed(whole, path, other), path, what: `${place} is ${other}` };
        }
      }
    }
  }
}

/** Changes that break a rule beyond types. */
function* byRule() {
  const of = (endpoint, change) => {
    const body = structuredClone(WHOLE[endpoint]);
    change(body);
    return body;
  };
  const agent = "by-agent";
  for (const n of [0, 1]) {
    yield {
      endpoint: agent,
      body: of(agent, (b) => (b.data[n].isOrphan = true)),
      path: `/data/${n}/isOrphan`,
      what: `row ${n} is called an orphan`,
    };
    yield {
      endpoint: agent,
      body: of(agent, (b) => b.data.push({ ...b.data[n] })),
      path: "/data/3/agentId",
      what: `row ${n} twice`,
    };
    yield {
      endpoint: agent,
      body: of(agent, (b) => (b.data[n].calls = 0)),
      path: `/data/${n}/totalSeconds`,
      severity: "warning",
      what: `row ${n} has seconds and no calls`,
    };
  }
  yield {
    endpoint: agent,
    body: of(agent, (b) => (b.data[2].isOrphan = false)),
    path: "/data/2/isOrphan",
    what: "the orphan is not called one",
  };
  yield {
    endpoint: agent,
    body: of(agent, (b) => delete b.data[2].isOrphan),
    path: "/data/2/isOrphan",
    what: "the orphan is not called one by default",
  };
  yield {
    endpoint: agent,
    body: of(agent, (b) => b.data.unshift({ ...b.data[2] })),
    path: "/data/3",
    what: "two orphans",
  };
  for (const period of ["week", "year", "Month", "decade", ""]) {
    yield {
      endpoint: agent,
      body: of(agent, (b) => (b.period = period)),
      path: "/period",
      what: `the period is ${period}`,
    };
  }
  const starts = [
    "2024-06-01T00:00:00Z",
    "2024-06-01T05:00:00Z",
    "2024-05-01T04:00:00Z",
    "2024-06-02T04:00:00Z",
    "2024-06-01T04:00:01Z",
  ];
  for (const start of starts) {
    yield {
      endpoint: agent,
      body: of(agent, (b) => (b.periodStart = start)),
      path: "/periodStart",
      what: `it starts at ${start}`,
    };
  }
  for (const end of ["2024-07-01T04:00:00Z", "2024-07-01T03:59:58Z", "2024-06-30T23:59:59Z", "2024-08-01T03:59:59Z"]) {
    yield {
      endpoint: agent,
      body: of(agent, (b) => (b.periodEnd = end)),
      path: "/periodStart",
      what: `it ends at ${end}`,
    };
  }
  yield {
    endpoint: agent,
    body: of(agent, (b) => (b.periodEnd = "2024-05-31T04:00:00Z")),
    path: "/periodEnd",
    what: "it ends before it starts",
  };
  for (const period of [undefined, "decade", "week"]) {
    const turned = { period, periodStart: "2024-06-02T04:00:00Z", periodEnd: "2024-06-01T04:00:00Z" };
    const what = `it ends before it starts, and the period is ${period}`;
    yield { endpoint: agent, body: { ...WHOLE[agent], ...turned }, path: "/periodEnd", what };
  }
  for (const [key, other] of [
    ["periodStart", "periodEnd"],
    ["periodEnd", "periodStart"],
  ]) {
    const body = { ...WHOLE[agent], [key]: "2024-06-01T04:00:00.000Z", [other]: undefined };
    yield { endpoint: agent, body, path: `/${key}`, what: `${key} has a fraction, and there is no ${other}` };
  }
  const next = { periodStart: "2024-07-01T04:00:00Z", periodEnd: "2024-08-01T03:59:59Z" };
  yield { endpoint: agent, body: { ...WHOLE[agent], ...next }, path: "/periodStart", what: "it is the next month" };
  for (const key of ["periodStart", "periodEnd"]) {
    for (const bad of [
      "2024-06-01",
      "2024-06-01T04:00:00",
      "2024-06-31T04:00:00Z",
      "soon",
      "2024-06-01T04:00:00.5Z",
      "2024-06-01T04:00:00+00:00",
    ]) {
      yield { endpoint: agent, body: of(agent, (b) => (b[key] = bad)), path: `/${key}`, what: `${key} is ${bad}` };
    }
    for (const bad of ["2024-06-01", "2024-06-31T04:00:00Z", "soon"]) {
      yield {
        endpoint: "usage",
        body: of("usage", (b) => (b[key] = bad)),
        path: `/${key}`,
        what: `usage's ${key} is ${bad}`,
      };
    }
  }

  for (const [short, long] of [
    ["Last24h", "Last7d"],
    ["Last7d", "Last30d"],
    ["Last30d", undefined],
  ]) {
    for (const kind of ["messages", "calls"]) {
      const total = kind === "messages" ? "totalMessages" : "totalCalls";
      const longer = long === undefined ? total : `${kind}${long}`;
      yield {
        endpoint: "usage",
        body: of("usage", ({ stats }) => (stats[`${kind}${short}`] = stats[longer] + 1)),
        path: `/stats/${kind}${short}`,
        what: `${kind}${short} is more than ${longer}`,
      };
    }
  }
  for (const [kind, total] of [
    ["messages", "totalMessages"],
    ["calls", "totalCalls"],
  ]) {
    for (const [short, between, long] of [
      [`${kind}Last24h`, `${kind}Last7d`, `${kind}Last30d`],
      [`${kind}Last7d`, `${kind}Last30d`, total],
    ]) {
      for (const unread of [undefined, "5", -1]) {
        const change = ({ stats }) => Object.assign(stats, { [short]: stats[long] + 1, [between]: unread });
        const what = `${short} is more than ${long}, and ${between} is ${unread}`;
        yield { endpoint: "usage", body: of("usage", change), path: `/stats/${short}`, what };
      }
    }
  }
  for (const [part, other] of [
    ["successful", "failed"],
    ["failed", "successful"],
  ]) {
    const change = ({ stats }) => {
      stats[`${part}WebhookDeliveries`] = 10;
      delete stats[`${other}WebhookDeliveries`];
    };
    const what = `more ${part} deliveries than there are, and nobody says how many ${other} ones`;
    yield { endpoint: "usage", body: of("usage", change), path: "/stats/totalWebhookDeliveries", what };
  }
  for (const name of ["successful", "failed"]) {
    const body = of("usage", (b) => (b.stats[`${name}WebhookDeliveries`] = 9));
    yield { endpoint: "usage", body, path: "/stats/totalWebhookDeliveries", what: `too many ${name} deliveries` };
  }
  for (const name of ["used", "limit", "remaining"]) {
    const body = of("usage", (b) => (b.numbers[name] += 1));
    yield { endpoint: "usage", body, path: "/numbers/remaining", severity: "warning", what: `one more of ${name}` };
  }
  yield {
    endpoint: "usage",
    body: of("usage", (b) => (b.periodEnd = "2024-05-31T23:59:59Z")),
    path: "/periodEnd",
    what: "the account's period ends before it starts",
  };
  yield {
    endpoint: "usage",
    body: of("usage", (b) => (b.periodStart = "2024-06-17T00:00:00Z")),
    path: "/periodStart",
    what: "the account's period is to come",
  };

  for (const [endpoint, name, counter, odd] of [
    [
      "daily",
      "date",
      "days",
      ["2024-02-30", "2024-2-28", "24-02-28", "2024-02-28T00:00:00Z", "", "2024/02/28", "２024-02-28"],
    ],
    ["monthly", "month", "months", ["2023-13", "2023-00", "2023-1", "202311", "", "2023-11-01"]],
  ]) {
    for (const bad of odd) {
      yield {
        endpoint,
        body: of(endpoint, (b) => (b.data[0][name] = bad)),
        path: `/data/0/${name}`,
        what: `a ${name} is ${bad}`,
      };
    }
    for (const n of [1, 2]) {
      yield {
        endpoint,
        body: of(endpoint, (b) => b.data.splice(n, 1)),
        path: `/data/${n}/${name}`,
        what: `${name} ${n} is missing`,
      };
      yield {
        endpoint,
        body: of(endpoint, (b) => b.data.splice(n, 1)),
        path: `/${counter}`,
        what: `there is a row less than ${counter}`,
      };
      yield {
        endpoint,
        body: of(endpoint, (b) => b.data.splice(n, 0, { ...b.data[n] })),
        path: `/data/${n + 1}/${name}`,
        what: `${name} ${n} twice`,
      };
      const swapped = of(endpoint, ({ data }) => ([data[n], data[n - 1]] = [data[n - 1], data[n]]));
      yield { endpoint, body: swapped, path: `/data/${n}/${name}`, what: `${name} ${n} before its time` };
    }
    yield {
      endpoint,
      body: of(endpoint, (b) => b.data.pop()),
      path: `/data/2/${name}`,
      what: `the newest ${name} is missing`,
    };
    yield {
      endpoint,
      body: of(endpoint, (b) => b.data.shift()),
      path: `/${counter}`,
      what: `the oldest ${name} is missing`,
    };
    yield {
      endpoint,
      body: of(endpoint, (b) => b.data.reverse()),
      path: "/data",
      severity: "warning",
      what: `the newest ${name} first`,
    };
    const short = of(endpoint, (b) => {
      b.data.shift();
      delete b[counter];
    });
    yield { endpoint, body: short, path: `/${counter}`, what: `a row less than asked for, and no ${counter}` };
    for (const n of [3, 5, 0, 400]) {
      yield { endpoint, body: of(endpoint, (b) => (b[counter] = n)), path: `/${counter}`, what: `${counter} is ${n}` };
    }
    yield {
      endpoint,
      body: of(endpoint, (b) => b.data.push(b.data.shift())),
      path: `/data/3/${name}`,
      what: `the oldest ${name} last`,
    };
  }
  yield {
    endpoint: "by-number",
    body: of("by-number", (b) => (b.data[1].numberId = "n1")),
    path: "/data/1/numberId",
    what: "a number twice",
  };
}

test("each broken rule is reported at its place", (t) => {
  const seen = {};
  for (const { endpoint, body, path, severity = "error", what } of [...byType(), ...byRule()]) {
    const found = validateResponse(endpoint, JSON.stringify(body), EXPECT[endpoint]);
    const reported = found.ok ? found.warnings : found.problems;
    const isThere = reported.some((problem) => problem.path === path && problem.severity === severity);
    assert.ok(isThere, `${what}: wanted ${severity} at ${path}, got ${JSON.stringify(reported)}`);
    assert.equal(
      found.ok,
      reported.every((problem) => problem.severity === "warning"),
      what,
    );
    seen[endpoint] ??= new Set();
    seen[endpoint].add(JSON.stringify(body));
    // The second checker, which does not know the change, finds equal problems.
    const problems = reported.map((problem) => `${problem.severity} ${problem.path} ${problem.code}`);
    assert.deepEqual(problems.sort(), judged(endpoint, body, EXPECT[endpoint], packed), what);
  }
  const counts = Object.entries(seen).map(([endpoint, distinct]) => [endpoint, distinct.size]);
  t.diagnostic(`distinct mutations: ${counts.map((pair) => pair.join(" ")).join(", ")}`);
  assert.equal(counts.length, 5);
  for (const [endpoint, count] of counts) assert.ok(count >= 100, `${endpoint}: ${count}`);
});

test("the responses are valid before they are broken", () => {
  for (const [endpoint, body] of Object.entries(WHOLE)) {
    assert.deepEqual(
      validateResponse(endpoint, body, EXPECT[endpoint]),
      { ok: true, value: body, warnings: [] },
      endpoint,
    );
  }
});
