/** Checking an upstream's response, and finding the convention of its bounds. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assertThrows, call, JUNE, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { inferConvention, periodBounds, usageByAgent, validateResponse } = packed;

const page = JSON.parse(readFileSync(new URL("../core/vendor_example.json", import.meta.url), "utf8"));
const newYork = { period: "month", tz: "America/New_York" };

/** A body in every form. */
const formsOf = (body) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = new TextEncoder().encode(text);
  return [...(typeof body === "string" ? [] : [body]), text, bytes, bytes.buffer];
};

/** The vendor's example with one change: `at` is its path, and `undefined` removes the value. */
function changed(at, value) {
  const body = structuredClone(page);
  const keys = at.split("/").slice(1);
  const last = keys.pop();
  const holder = keys.reduce((object, key) => object[key], body);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return body;
}

function problemsOf(body, expect) {
  const results = formsOf(body).map((form) => validateResponse("by-agent", form, expect));
  for (const result of results) assert.deepEqual(result, results[0]); // every form gives an equal result
  return results[0].ok ? results[0].warnings : results[0].problems;
}

test("the vendor's example is valid, and its value is unchanged", () => {
  for (const body of formsOf(page)) {
    assert.deepEqual(validateResponse("by-agent", body, newYork), { ok: true, value: page, warnings: [] });
    assert.deepEqual(validateResponse("by-agent", body), { ok: true, value: page, warnings: [] });
  }
  const { value } = validateResponse("by-agent", page);
  assert.equal(JSON.stringify(value), JSON.stringify(page));
});

test("our own reports are valid", () => {
  const records = [message({ agentId: "a" }), call({}), call({ durationSeconds: undefined, agentId: "b" })];
  for (const period of ["week", "month", "year"]) {
    for (const tz of ["UTC", "Asia/Kolkata", "America/St_Johns", "Africa/Cairo"]) {
      for (const boundsAs of ["instant", "wall-clock"]) {
        for (const weekStart of ["monday", "saturday"]) {
          const query = { ...JUNE, period, tz, boundsAs, weekStart };
          const report = usageByAgent(records, query);
          const expected = { ok: true, value: report, warnings: [] };
          assert.deepEqual(validateResponse("by-agent", report, query), expected);
          assert.deepEqual(validateResponse("by-agent", JSON.stringify(report), { tz }), expected);
        }
      }
    }
  }
});

test("isOrphan may be missing, and unknown fields are allowed", () => {
  const { isOrphan, ...row } = page.data[0];
  const body = { ...page, data: [{ ...row, cost: 5 }], generatedAt: "now" };
  const { isOrphan: filled, ...rest } = validateResponse("by-agent", body).value.data[0];
  assert.equal(filled, false);
  assert.deepEqual(rest, { ...row, cost: 5 });
});

test("every problem has its place and its code", () => {
  const cases = [
    ["/data", undefined, "/data"],
    ["/data", {}, "/data"],
    ["/data/0", null, "/data/0"],
    ["/data/1/agentId", undefined, "/data/1/agentId"],
    ["/data/1/agentId", 5, "/data/1/agentId"],
    ["/data/1/agentName", null, "/data/1/agentName"],
    ["/data/0/messages", undefined, "/data/0/messages"],
    ["/data/0/messages", "152", "/data/0/messages"],
    ["/data/0/messages", -1, "/data/0/messages"],
    ["/data/0/calls", 1.5, "/data/0/calls"],
    ["/data/0/totalSeconds", 2 ** 53, "/data/0/totalSeconds"],
    ["/data/0/isOrphan", "no", "/data/0/isOrphan"],
    ["/data/0/isOrphan", true, "/data/0/isOrphan"],
    ["/data/2/isOrphan", false, "/data/2/isOrphan"],
    ["/data/1/agentId", page.data[0].agentId, "/data/1/agentId"],
    ["/period", undefined, "/period"],
    ["/period", "decade", "/period"],
    ["/period", "week", "/period"],
    ["/periodStart", undefined, "/periodStart"],
    ["/periodStart", "2024-06-01", "/periodStart"],
    ["/periodStart", 1717200000000, "/periodStart"],
    ["/periodStart", "2024-06-02T00:00:00Z", "/periodStart"],
    ["/periodEnd", "2024-05-30T00:00:00Z", "/periodEnd"],
    ["/periodEnd", "2024-06-30T23:59:58Z", "/periodStart"],
  ];
  for (const [at, value, path] of cases) {
    const what = `${at} ${JSON.stringify(value)}`;
    const body = changed(at, value);
    assert.equal(validateResponse("by-agent", body, newYork).ok, false, what);
    const problems = problemsOf(body, newYork);
    assert.deepEqual(
      problems.map((problem) => [problem.path, problem.severity]),
      [[path, "error"]],
      what,
    );
    assert.match(problems[0].code, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(problems[0].message.length > 10);
  }
});

test("all problems are reported, not only the first", () => {
  const body = structuredClone(page);
  body.data.push({ ...body.data[2] });
  body.data[0].messages = -1;
  body.data[1].calls = "30";
  body.periodEnd = "soon";
  const paths = problemsOf(body, newYork).map(({ path }) => path);
  assert.deepEqual(paths.sort(), ["/data/0/messages", "/data/1/calls", "/data/3", "/periodEnd"]);
});

test("seconds without calls are only a warning", () => {
  const result = validateResponse("by-agent", changed("/data/0/calls", 0), newYork);
  assert.equal(result.ok, true);
  assert.deepEqual(
    result.warnings.map(({ path, severity }) => [path, severity]),
    [["/data/0/totalSeconds", "warning"]],
  );
});

test("the response must be to the expected query", () => {
  assert.equal(validateResponse("by-agent", page, { period: "year" }).ok, false);
  assert.equal(validateResponse("by-agent", page, { tz: "UTC", now: "2024-06-30T23:59:59Z" }).ok, true);
  assert.equal(validateResponse("by-agent", page, { tz: "UTC", now: "2024-07-01T00:00:00Z" }).ok, false);
  const { periodStart, periodEnd } = periodBounds({ ...JUNE, period: "week", weekStart: "sunday" });
  const week = { ...page, period: "week", periodStart, periodEnd };
  assert.equal(validateResponse("by-agent", week).ok, true);
  assert.equal(validateResponse("by-agent", week, { weekStart: "sunday" }).ok, true);
  assert.equal(validateResponse("by-agent", week, { weekStart: "monday" }).ok, false);
});

test("without an expected zone, days of any zone are valid", () => {
  for (const tz of ["Asia/Kolkata", "America/St_Johns", "Pacific/Apia"]) {
    for (const boundsAs of ["instant", "wall-clock"]) {
      const answer = { data: [], ...periodBounds({ ...JUNE, period: "week", tz, weekStart: "sunday", boundsAs }) };
      assert.equal(validateResponse("by-agent", answer).ok, true, tz);
      assert.equal(validateResponse("by-agent", answer, { tz: "UTC" }).ok, boundsAs === "wall-clock", tz);
      const later = { ...answer, periodEnd: answer.periodEnd.replace(/..Z$/, "58Z") };
      assert.deepEqual(
        validateResponse("by-agent", later).problems.map(({ path, code }) => [path, code]),
        [["/periodStart", "bounds"]],
      );
    }
  }
});

test("bodies that are not a response are invalid", () => {
  const texts = ["", "{", "<!doctype html>", "nul", '{"data":[', JSON.stringify(page).slice(0, -1)];
  for (const text of texts) {
    const [problem, ...more] = problemsOf(text);
    assert.deepEqual([problem.path, problem.code, more.length], ["", "invalid_json", 0], text);
  }
  for (const value of [null, 5, true, [], [page]]) {
    const [problem, ...more] = problemsOf(value);
    assert.deepEqual([problem.path, problem.severity, more.length], ["", "error", 0], JSON.stringify(value));
  }
  const cyclic = {};
  cyclic.self = cyclic;
  for (const value of [undefined, 5n, Symbol("x"), () => page, cyclic, { data: 5n }]) {
    const result = validateResponse("by-agent", value);
    assert.equal(result.ok, false, String(value));
    assert.equal(result.problems[0].path, "");
  }
  assert.equal(validateResponse("by-agent", "\ud83d").problems[0].code, "invalid_json");
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.equal(validateResponse("by-agent", deep).ok, false);
  assert.equal(validateResponse("by-agent", `{"data":${deep}}`).ok, false);
});

test("a lone surrogate is an error in a text that is read, and ignored elsewhere", () => {
  for (const [body, path] of [
    [changed("/data/0/agentId", "\ud800"), "/data/0/agentId"],
    [changed("/data/1/agentName", "a\udfff"), "/data/1/agentName"],
  ]) {
    // Unescaped, and as `JSON.stringify` escapes it.
    const escaped = JSON.stringify(body);
    const raw = escaped.replace(/\\u(d...)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    assert.notEqual(raw, escaped);
    for (const form of [...formsOf(body), raw]) {
      const { problems } = validateResponse("by-agent", form, newYork);
      assert.deepEqual(
        problems.map(({ path, code }) => [path, code]),
        [[path, "type"]],
      );
    }
  }
  const unknown = JSON.stringify({ ...page, x: "?", "!": 1 }).replace(/[?!]/g, "\ud800");
  assert.equal(validateResponse("by-agent", unknown, newYork).ok, true);
  assert.equal(validateResponse("by-agent", unknown, newYork).value.x, "\ud800");
  // A backslash before a surrogate is not an escape. With the escape of the surrogate it would be one.
  for (const text of ['"\\\ud83d"', '{"\\\udfff": 1}', '"\\\\\\\ud800"']) {
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(validateResponse("by-agent", text, newYork).problems[0].code, "invalid_json", text);
  }
});

test("the last of two equal keys counts", () => {
  const text = JSON.stringify(page).slice(1);
  assert.equal(validateResponse("by-agent", `{"data":[5,{}],"period":"x",${text}`, newYork).ok, true);
  assert.deepEqual(
    problemsOf(`{${text.slice(0, -1)},"data":[5,{"isOrphan":1}],"data":{}}`, newYork).map(({ path }) => path),
    ["/data"],
  );
});

test("a body in shared memory is read", () => {
  const bytes = new TextEncoder().encode(JSON.stringify(page));
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 9)).subarray(4, 4 + bytes.length);
  shared.set(bytes);
  // Browsers' decoders reject shared memory, Node's does not.
  const { decode } = TextDecoder.prototype;
  TextDecoder.prototype.decode = function (bytes, ...rest) {
    assert.ok(!(bytes?.buffer instanceof SharedArrayBuffer));
    return decode.call(this, bytes, ...rest);
  };
  try {
    assert.deepEqual(validateResponse("by-agent", shared, newYork), { ok: true, value: page, warnings: [] });
  } finally {
    TextDecoder.prototype.decode = decode;
  }
});

test("isOrphan is filled in only in reports by agent", () => {
  const body = { data: [{ date: "2024-06-01", messages: 1, calls: 0, webhooks: 0 }], days: 1, period: "month" };
  assert.deepEqual(validateResponse("daily", body).value, body);
});

test("the number of warnings is reported if there are too many", () => {
  const row = (n) => ({ agentId: `a${n}`, agentName: "A", messages: 0, calls: 0, totalSeconds: 1 });
  const { ok, warnings } = validateResponse("by-agent", {
    ...page,
    data: Array.from({ length: 10_003 }, (_, n) => row(n)),
  });
  assert.deepEqual([ok, warnings.length], [true, 10_001]);
  const { message, ...more } = warnings.at(-1);
  assert.deepEqual(more, { path: "", code: "more", severity: "warning" });
  assert.match(message, /\b3 more/);
});

test("without a zone, now may be in the period, day or month of any zone", () => {
  const sound = (endpoint, body, expect) => validateResponse(endpoint, body, expect).ok;
  // The evening of 30 June in New York, whose June the example has as wall time, and 1 July in Kiritimati.
  const evening = "2024-07-01T02:00:00Z";
  assert.equal(sound("by-agent", page, { period: "month", now: evening }), true);
  assert.equal(sound("by-agent", page, { period: "month", now: evening, tz: "America/New_York" }), true);
  assert.equal(sound("by-agent", page, { period: "month", now: evening, tz: "UTC" }), false);
  assert.equal(sound("by-agent", page, { period: "month", now: evening, boundsAs: "instant" }), false);
  assert.equal(sound("by-agent", page, { period: "month", now: "2024-07-01T12:00:00Z" }), false);
  const ending = (name, counter, when) => ({
    data: [{ [name]: when, messages: 0, calls: 0, webhooks: 0 }],
    [counter]: 1,
  });
  for (const [when, tz, is] of [
    ["2024-06-30", undefined, true],
    ["2024-07-01", undefined, true],
    ["2024-07-02", undefined, false],
    ["2024-06-29", undefined, false],
    ["2024-06-30", "UTC", false],
    ["2024-06-30", "America/New_York", true],
  ]) {
    assert.equal(sound("daily", ending("date", "days", when), { now: evening, tz }), is, `${when} ${tz}`);
  }
  const { periodStart, periodEnd } = page;
  const isCurrent = (expect) =>
    validateResponse("usage", { periodStart, periodEnd }, expect).problems.every(({ code }) => code !== "not_current");
  assert.equal(isCurrent({ now: evening }), true);
  assert.equal(isCurrent({ now: evening, tz: "America/New_York" }), true);
  assert.equal(isCurrent({ now: evening, tz: "UTC" }), false);
  assert.equal(isCurrent({ now: evening, boundsAs: "instant" }), false);
  assert.equal(isCurrent({ now: "2024-07-01T12:00:00Z" }), false);
  assert.equal(sound("monthly", ending("month", "months", "2024-06"), { now: evening }), true);
  assert.equal(sound("monthly", ending("month", "months", "2024-06"), { now: evening, tz: "UTC" }), false);
});

test("an invalid row does not make other rows invalid", () => {
  const row = (date) => ({ date, messages: 0, calls: 0, webhooks: 0 });
  const reported = (dates, now) => {
    const found = validateResponse("daily", { data: dates.map(row), days: dates.length }, { now });
    return found.problems.map(({ path, code }) => `${path} ${code}`);
  };
  assert.deepEqual(reported(["2024-06-01", "soon", "2024-06-03"]), ["/data/1/date date"]);
  assert.deepEqual(reported(["2024-06-01", "2024-06-02", "soon"], "2024-06-03T12:00:00Z"), ["/data/2/date date"]);
  assert.deepEqual(reported(["soon", "2024-06-02", "2024-06-01"], "2024-06-03T12:00:00Z"), [
    "/data/0/date date",
    "/data newest_first",
  ]);
  const further = ["/data/1/date date", "/data/2/date missing_rows"];
  assert.deepEqual(reported(["2024-06-01", "soon", "2024-06-04"]), further);
});

test("seconds without calls are a warning for every spelling of 0", () => {
  for (const none of ["0", "0.0", "-0", "0e5", "0.00E-9"]) {
    const text = JSON.stringify(changed("/data/0/calls", 12345)).replace("12345", none);
    const { warnings } = validateResponse("by-agent", text, newYork);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["seconds_without_calls"],
      none,
    );
  }
});

test("unknown endpoints and invalid expectations throw", () => {
  for (const endpoint of ["hourly", "", "By-Agent", 5, null, undefined, {}, Symbol("x")]) {
    assertThrows(
      () => validateResponse(endpoint, page),
      { code: "invalid_option", path: "/endpoint" },
      String(endpoint),
    );
  }
  const expecting = (expect) => () => validateResponse("by-agent", page, expect);
  assertThrows(expecting({ period: "decade" }), { code: "invalid_period", path: "/period" });
  assertThrows(expecting({ tz: "Mars/Olympus" }), { code: "invalid_tz", path: "/tz" });
  assertThrows(expecting({ weekStart: "Monday" }), { code: "invalid_option", path: "/weekStart" });
  assertThrows(expecting({ now: "soon" }), { code: "invalid_now", path: "/now" });
  for (const expect of [null, 5, "month"]) assertThrows(expecting(expect), { code: "invalid_option", path: "" });
});

test("the vendor's example uses wall time", () => {
  const found = inferConvention(page, newYork);
  assert.deepEqual(found, { weekStart: null, boundsAs: "wall-clock", tz: "America/New_York" });
  assert.deepEqual(inferConvention(page, {}), { weekStart: null, boundsAs: "instant", tz: "UTC" });
  assert.deepEqual(inferConvention(page), { weekStart: null, boundsAs: "instant", tz: "UTC" });
  assert.deepEqual(inferConvention(page, { tz: "america/new_york" }).tz, "America/New_York");
});

test("each convention is found from the bounds it wrote", () => {
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  for (const tz of ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo", "America/Havana"]) {
    for (const boundsAs of ["instant", "wall-clock"]) {
      for (const now of [
        "2024-03-10T12:00:00Z",
        "2024-04-26T12:00:00Z",
        "2024-11-03T12:00:00Z",
        "2011-12-30T12:00:00Z",
      ]) {
        for (const weekStart of days) {
          const bounds = periodBounds({ period: "week", tz, now, weekStart, boundsAs });
          // The likeliest first day is tried first. A week that is shortened by the skipped day may begin on two days.
          const found = inferConvention(bounds, { tz, weekStart });
          const expected = { weekStart, boundsAs: tz === "UTC" ? "instant" : boundsAs, tz };
          assert.deepEqual(found, expected, JSON.stringify(bounds));
        }
        const month = periodBounds({ period: "month", tz, now, boundsAs });
        assert.equal(inferConvention(month, { tz }).weekStart, null);
        assert.equal(inferConvention(month, { tz }).boundsAs, tz === "UTC" ? "instant" : boundsAs);
      }
    }
  }
});

test("bounds without a convention give null", () => {
  const year = { ...page, period: "year" };
  const exclusive = { ...page, periodEnd: "2024-07-01T00:00:00Z" };
  const elsewhere = { ...page, periodStart: "2024-06-01T05:00:00Z", periodEnd: "2024-07-01T04:59:59Z" };
  const turned = { ...page, periodStart: page.periodEnd, periodEnd: page.periodStart };
  const unread = { ...page, periodStart: "June" };
  for (const bounds of [year, exclusive, elsewhere, turned, unread])
    assert.equal(inferConvention(bounds, newYork), null);
  assertThrows(() => inferConvention({ ...page, period: "decade" }), { code: "invalid_period", path: "/period" });
  assertThrows(() => inferConvention(page, { tz: "Mars/Olympus" }), { code: "invalid_tz", path: "/tz" });
});

test("values that are not bounds or queries throw", () => {
  for (const bounds of [undefined, null, 5, "June"]) {
    assertThrows(() => inferConvention(bounds), { code: "invalid_option", path: "" }, `bounds: ${bounds}`);
  }
  assertThrows(() => inferConvention(page, null), { code: "invalid_option", path: "" });
  for (const value of [5, 5n, Symbol("x"), () => "", {}, []]) {
    const bounds = { ...page, period: value };
    assertThrows(() => inferConvention(bounds), { code: "invalid_period", path: "/period" }, String(value));
    assert.equal(inferConvention({ ...page, periodStart: value }), null);
  }
});
