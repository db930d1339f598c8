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
  assert.equal(plain(502, "<!doctype html><p>Bad Gateway"), "server_error: The response's status is 502.");
  assert.equal(plain(500, ""), "server_error: The response's status is 500.");
  assert.equal(plain(500, '"quoted"'), "server_error: quoted");
  assert.equal(plain(404, '{"detail": "cut'), 'not_found: {"detail": "cut');
  assert.equal(parseErrorResponse(504).code, "timeout");
  assert.equal(plain(404, '\ufeff{"detail": "Not Found"}'), "not_found: Not Found");
});

/** Real error bodies: what sends them, the status, the body, the code and the message. */
const SHAPES = [
  [
    "Cloudflare's API",
    403,
    { success: false, errors: [{ code: 9109, message: "Invalid access token" }], messages: [], result: null },
    "9109",
    "Invalid access token",
  ],
  [
    "OAuth 2.0 (RFC 6750)",
    401,
    { error: "invalid_token", error_description: "The access token expired" },
    "invalid_token",
    "The access token expired",
  ],
  [
    "RFC 9457",
    403,
    { type: "https://example.com/probs/out-of-credit", title: "No credit.", detail: "The balance is 30.", status: 403 },
    "out-of-credit",
    "The balance is 30.",
  ],
  ["RFC 9457 without more", 404, { type: "about:blank", title: "Not Found", status: 404 }, "not_found", "Not Found"],
  [
    "ASP.NET",
    400,
    {
      type: "https://tools.ietf.org/html/rfc9110#section-15.5.1",
      title: "One or more validation errors occurred.",
      status: 400,
      errors: { Period: ["The Period field is required."], "$.tz": ["It is not a zone.", "It is too long."] },
    },
    "section-15.5.1",
    "/Period: The Period field is required.; /$.tz: It is not a zone.; /$.tz: It is too long.",
  ],
  [
    "Google",
    401,
    { error: { code: 401, message: "Request had invalid credentials.", status: "UNAUTHENTICATED" } },
    "UNAUTHENTICATED",
    "Request had invalid credentials.",
  ],
  ["AWS API Gateway", 403, { message: "Missing Authentication Token" }, "forbidden", "Missing Authentication Token"],
  [
    "AWS's JSON services",
    400,
    { __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", Message: "Table not found" },
    "ResourceNotFoundException",
    "Table not found",
  ],
  ["AWS Lambda", 502, { errorMessage: "Task timed out", errorType: "X" }, "server_error", "Task timed out"],
  ["a list of texts", 400, { errors: ["no period", "no zone"] }, "bad_request", "no period; no zone"],
  ["a text in errors", 400, { errors: "no period" }, "bad_request", "no period"],
  ["Rails", 422, { errors: { tz: "is unknown" } }, "invalid_parameters", "/tz: is unknown"],
  [
    "JSON:API",
    422,
    {
      errors: [
        { status: "422", code: "bad_tz", title: "Bad", detail: "No such zone.", source: { pointer: "/data/tz" } },
        { title: "Missing", source: { parameter: "period" } },
      ],
    },
    "bad_tz",
    "/data/tz: No such zone.; /period: Missing",
  ],
  [
    "GraphQL",
    200,
    { data: null, errors: [{ message: "No.", path: ["usage", 0], extensions: { code: "UNAUTHENTICATED" } }] },
    "UNAUTHENTICATED",
    "/usage/0: No.",
  ],
  [
    "Twilio",
    401,
    { code: 20003, message: "Authenticate", more_info: "https://www.twilio.com/docs/errors/20003", status: 401 },
    "20003",
    "Authenticate",
  ],
  [
    "NestJS",
    401,
    { statusCode: 401, message: "Token expired", error: "Unauthorized" },
    "unauthorized",
    "Token expired",
  ],
  ["JSend", 500, { status: "error", message: "Out of order" }, "server_error", "Out of order"],
  ["a code that repeats the status", 404, { code: 404, message: "Nothing" }, "not_found", "Nothing"],
];
for (const [what, status, body, code, message] of SHAPES) {
  test(`${what} is read`, () => {
    const answer = parsed(status, body);
    assert.deepEqual([answer.code, answer.message], [code, message]);
  });
}

test("a page of HTML gives its title, or else its first heading", () => {
  const said = (text) => {
    const answer = parseErrorResponse(502, text);
    assertSound(answer, text);
    return answer.message;
  };
  const none = "The response's status is 502.";
  for (const [text, message] of [
    ["<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1></body></html>", "502 Bad Gateway"],
    [
      "<!DOCTYPE html>\n<HTML><TITLE\nclass=a>\n  Sign in\n  &amp; go &lt;on&gt; &#39;now&quot;</TITLE >",
      "Sign in & go <on> 'now\"",
    ],
    ["<html><title></title><h1 id=a>Error <small>1020</small></h1>", "Error 1020"],
    ["<html><h2>Down</h2><h3>later</h3>", "Down"],
    ["<title>&amp;lt;b&amp;gt; &nosuch; &copy;", "&lt;b&gt; &nosuch; &copy;"],
    ["<title>never closed", "never closed"],
    ["<titles>a</titles><title", none],
    ["<html><p>no heading", none],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>', "Access Denied"],
  ]) {
    assert.equal(said(text), message, text);
  }
  for (const part of ["<", "<title", "<title>", "</title", "&", "<title><", "<h1 ", " ", "<!--"]) {
    said(`<html>${part.repeat(500_000)}`);
    said(`<title>${part.repeat(500_000)}</title>`);
  }
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
    { errors: value }, { errors: [value] }, { errors: { a: value } }, { errors: [{ source: value, extensions: value, path: value }] },
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
    "errors",
    "title",
    "source",
    "<title>",
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
