/** Error responses: every known shape, and random input. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { Random } from "../../tools/generate.mjs";
import { packed } from "../support/packed.mjs";

const { parseErrorResponse } = packed;
const utf8 = new TextEncoder();

/** Asserts the rules for every result. */
function assertSound(answer, what) {
  assert.deepEqual(Object.keys(answer), ["status", "code", "message", "problems"], what);
  const { status, code, message, problems } = answer;
  assert.ok(Number.isInteger(status), what);
  for (const text of [code, message]) assert.ok(typeof text === "string" && text.trim() !== "", what);
  assert.ok(code.length <= 100 && message.length <= 1000, what);
  assert.ok(Array.isArray(problems) && problems.length <= 100, what);
  for (const problem of problems) {
    assert.deepEqual(Object.keys(problem).sort(), ["code", "message", "path", "severity"], what);
    assert.ok(problem.path === "" || problem.path.startsWith("/"), what);
    assert.ok(problem.code !== "" && problem.message !== "" && problem.message.length <= 1000, what);
    assert.equal(problem.severity, "error");
  }
}

/** Asserts that a body gives equal results as a value, as text and as bytes. */
function parsed(status, body) {
  const text = JSON.stringify(body);
  const [answer, ...others] = [body, text, utf8.encode(text), utf8.encode(text).buffer].map((form) => {
    return parseErrorResponse(status, form);
  });
  assertSound(answer, text);
  for (const other of others) if (typeof body === "object") assert.deepEqual(other, answer, text);
  return answer;
}

test("FastAPI's 422 gives its problems", () => {
  const detail = [
    { type: "missing", loc: ["query", "period"], msg: "Field required", input: null },
    { type: "value_error", loc: ["body", "a/b", 0, "~"], msg: "Value error, no", input: "x", ctx: {} },
  ];
  assert.deepEqual(parsed(422, { detail }), {
    status: 422,
    code: "invalid_parameters",
    message: "/query/period: Field required; /body/a~1b/0/~0: Value error, no",
    problems: [
      { path: "/query/period", code: "missing", message: "Field required", severity: "error" },
      { path: "/body/a~1b/0/~0", code: "value_error", message: "Value error, no", severity: "error" },
    ],
  });
});

test("an error object gives its details", () => {
  const details = [
    { field: "period", message: "is missing", type: "missing" },
    { field: "/data/0/calls", message: "is negative", type: "range" },
    "and more",
  ];
  assert.deepEqual(parsed(400, { error: { message: "No.", code: "bad_period", type: "request", details } }), {
    status: 400,
    code: "bad_period",
    message: "No.",
    problems: [
      { path: "/period", code: "missing", message: "is missing", severity: "error" },
      { path: "/data/0/calls", code: "range", message: "is negative", severity: "error" },
      { path: "", code: "invalid", message: "and more", severity: "error" },
    ],
  });
  assert.equal(parsed(401, { error: { message: "Who?", type: "auth_error" } }).code, "auth_error");
  assert.equal(parsed(401, { error: { message: "Who?" } }).code, "unauthorized");
});

test("error comes before detail if a response has both", () => {
  const detail = [{ type: "missing", loc: ["query", "period"], msg: "Field required" }];
  for (const error of ["validation_error", "", true, 422, { code: "bad", message: "No." }, { details: [] }]) {
    const { problems } = parsed(422, { error, detail });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["/query/period"],
      JSON.stringify(error),
    );
  }
  assert.equal(parsed(422, { error: { code: "bad", message: "No." }, detail }).message, "No.");
  assert.equal(parsed(422, { error: "", detail }).message, "/query/period: Field required");
  assert.equal(parsed(401, { error: true, detail: "Who?" }).message, "Who?");
  assert.equal(parsed(401, { error: { code: "expired" }, detail: "Who?" }).code, "expired");
});

test("plain text is the message", () => {
  const said = (status, body) => {
    const { code, message, problems } = parsed(status, body);
    assert.deepEqual(problems, []);
    return `${code}: ${message}`;
  };
  assert.equal(said(404, { detail: "Not Found" }), "not_found: Not Found");
  assert.equal(said(429, { message: "Slow down" }), "rate_limited: Slow down");
  assert.equal(said(403, { error: "nope" }), "forbidden: nope");
  assert.equal(said(400, { detail: { message: "inner", code: "inner_code" } }), "inner_code: inner");
  assert.equal(said(500, {}), "server_error: The response's status is 500.");
  assert.equal(said(418, null), "http_error: The response's status is 418.");
  const plain = (status, text) => {
    const answers = [text, utf8.encode(text)].map((form) => parseErrorResponse(status, form));
    assert.deepEqual(answers[0], answers[1]);
    assertSound(answers[0], text);
    return `${answers[0].code}: ${answers[0].message}`;
  };
  assert.equal(plain(503, " try later\n"), "unavailable: try later");
  assert.equal(plain(502, "<!doctype html><h1>Bad Gateway</h1>"), "server_error: The response's status is 502.");
  assert.equal(plain(500, ""), "server_error: The response's status is 500.");
  assert.equal(plain(500, '"quoted"'), "server_error: quoted");
  assert.equal(plain(404, '{"detail": "cut'), 'not_found: {"detail": "cut');
  assert.equal(parseErrorResponse(504).code, "timeout");
  assert.equal(plain(404, '\ufeff{"detail": "Not Found"}'), "not_found: Not Found");
});

test("messages, problems and bodies are limited", () => {
  const long = `${"x".repeat(999)}😀${"y".repeat(500)}`;
  assert.equal(parsed(400, { message: long }).message, "x".repeat(999));
  const detail = Array.from({ length: 150 }, (_, n) => ({ loc: ["query", n], msg: long, type: long }));
  const { problems, message } = parsed(422, { detail });
  assert.deepEqual([problems.length, message.length], [100, 1000]);
  const paths = [`${"x".repeat(998)}~`, ["x".repeat(997), "😀"]].map(
    (loc) => parsed(422, { detail: [{ loc }] }).problems[0].path,
  );
  assert.deepEqual(paths, [`/${"x".repeat(998)}`, `/${"x".repeat(997)}/`]); // an escape and a surrogate pair are not cut
  assertSound(parseErrorResponse(500, "[".repeat(3_000_000)), "deep");
  assertSound(parseErrorResponse(500, `{"message":"${"z".repeat(3_000_000)}"}`), "long");
  assertSound(parseErrorResponse(422, { detail: [{ loc: Array(1e6).fill("a"), msg: "m" }] }), "wide");
});

test("no value makes it throw", () => {
  const traps = Object.fromEntries(
    Reflect.ownKeys(Reflect)
      .filter((name) => typeof Reflect[name] === "function")
      .map((name) => [name, () => assert.fail("trapped")]),
  );
  const hostile = () => new Proxy({}, traps);
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  };
  const liar = (length) => new Proxy([], { get: (_, key) => (key === "length" ? length : hostile()) });
  const throwing = { get error() { throw new Error("no"); }, get detail() { throw null; } }; // biome-ignore format: one line
  const cyclic = { detail: [] };
  cyclic.detail.push(cyclic, cyclic.detail);
  const gone = new ArrayBuffer(8);
  structuredClone(gone, { transfer: [gone] });
  const odd = [undefined, null, 0, Number.NaN, 5n, true, Symbol("s"), () => 1, new Date(Number.NaN), new Map([[1, 2]]), /x/]; // biome-ignore format: one line
  const bodies = [
    ...odd,
    hostile(),
    revoked(),
    liar(3),
    liar(hostile()),
    liar(-1),
    liar(Infinity),
    throwing,
    cyclic,
    gone,
  ];
  const inside = (value) => [
    value, { error: value }, { detail: value }, { detail: [value] }, { detail: [{ loc: value, msg: value, type: value }] },
    { error: { message: value, code: value, details: value } }, { detail: [{ loc: [value], msg: "m" }] },
  ]; // biome-ignore format: one line for each level
  for (const body of bodies.flatMap(inside)) {
    for (const status of [500, 404, 0, -1, 1.5, Number.NaN, "404", null, undefined, 5n, Symbol("s"), hostile(), {}]) {
      assertSound(parseErrorResponse(status, body), String(typeof body));
    }
  }
});

test("random bytes and random JSON give valid results", () => {
  const random = new Random(5, 1);
  const words = [
    "detail",
    "error",
    "message",
    "details",
    "loc",
    "msg",
    "type",
    "code",
    "field",
    "",
    "period",
    "\ud800",
  ];
  const value = (depth) => {
    const kind = Math.floor(random.unit() * (depth > 4 ? 4 : 6));
    if (kind === 0) return null;
    if (kind === 1) return random.unit() * 1000;
    if (kind === 2) return random.pick(words);
    if (kind === 3) return random.chance(0.5);
    const length = Math.floor(random.unit() * 5);
    if (kind === 4) return Array.from({ length }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length }, () => [random.pick(words), value(depth + 1)]));
  };
  for (let n = 0; n < 3000; n++) {
    const body = value(0);
    const text = JSON.stringify(body);
    assertSound(parseErrorResponse(422, body), text);
    const bytes = n % 3 === 0 ? new Uint8Array(gzipSync(text)) : utf8.encode(text);
    for (let k = 0; k < n % 4; k++) bytes[Math.floor(random.unit() * bytes.length)] = Math.floor(random.unit() * 256);
    assertSound(parseErrorResponse(500, bytes), text);
    assertSound(parseErrorResponse(500, bytes.subarray(0, Math.floor(random.unit() * bytes.length))), text);
  }
  assert.equal(parseErrorResponse(500, gzipSync("nothing to be read")).message, "The response's status is 500.");
});
