// One try of the fuzzer of `validateResponse`: responses with broken rules and damaged text, against a slow second checker.

import assert from "node:assert/strict";
import { Random } from "../../../tools/generate/random.mjs";
import { answers, broken, spelled } from "../answers.mjs";
import { judged } from "../judge.mjs";
import { packed } from "../packed.mjs";

const { periodBounds, timeZones, validateResponse } = packed;

/** The responses of one try: each of the five endpoints, twenty times. */
const RESPONSES = 100;

/** What damaged text gets in place of something. */
const SCRAPS = [
  '"',
  "{",
  "]",
  ",",
  ":",
  "0",
  "-",
  "1e400",
  "null",
  "\\u0000",
  "\\ud800",
  "\ufeff",
  "é",
  "😀",
  " ",
  '"data":[]',
];

/** Keeps a byte order mark, of which {@link parsed} takes one away. */
const RAW = new TextDecoder("utf-8", { ignoreBOM: true });

/** Checks responses by seed, through every door. Returns how often each code was found. */
export function tryAnswers(seed) {
  const random = new Random(seed, 81);
  const source = answers(seed, periodBounds, timeZones());
  const codes = {};
  for (let n = 0; n < RESPONSES; n++) {
    const { endpoint, body, expect } = broken(source.next().value, random);
    const text = spelled(body, random);
    const want = judged(endpoint, body, expect, packed);
    for (const form of forms(text, body)) assertFound(endpoint, form, expect, want, `${seed}/${n}: ${text}`);
    for (const problem of want) codes[problem.split(" ").at(-1)] = (codes[problem.split(" ").at(-1)] ?? 0) + 1;

    const torn = damaged(text, random);
    // The encoder replaces half a surrogate pair.
    for (const form of [torn, new TextEncoder().encode(torn)]) {
      const read = parsed(typeof form === "string" ? form : RAW.decode(form));
      const found = read === undefined ? ["error  invalid_json"] : judged(endpoint, read.value, expect, packed);
      assertFound(endpoint, form, expect, found, `${seed}/${n}, damaged: ${torn}`);
    }
  }
  return codes;
}

function forms(text, body) {
  const bytes = new TextEncoder().encode(` ${text}`);
  return [text, bytes.subarray(1), bytes.buffer, ...(typeof body === "string" ? [] : [body])]; // a string is text
}

function assertFound(endpoint, form, expect, want, what) {
  const found = validateResponse(endpoint, form, expect);
  const reported = found.ok ? found.warnings : found.problems;
  const said = reported.map(({ severity, path, code }) => `${severity} ${path} ${code}`);
  assert.deepEqual(said.sort(), want, `${endpoint}, ${JSON.stringify(expect)}, ${what}`);
  assert.equal(found.ok, !want.some((problem) => problem.startsWith("error")), what);
}

/** Text with some characters removed, repeated or replaced. */
function damaged(text, random) {
  let torn = text;
  for (let n = random.below(3); n >= 0; n--) {
    const at = random.below(torn.length + 1);
    const end = Math.min(torn.length, at + random.below(random.chance(0.9) ? 3 : 400));
    const instead = random.chance(0.5) ? random.pick(SCRAPS) : random.chance(0.5) ? torn.slice(at, end).repeat(2) : "";
    torn = torn.slice(0, at) + instead + torn.slice(end);
  }
  return torn;
}

/** The value of JSON text; `undefined` if it is not JSON. */
function parsed(text) {
  try {
    // A byte order mark may be before the text, as the encoding's mark.
    return { value: JSON.parse(text.replace(/^\ufeff/, "")) };
  } catch {
    return undefined;
  }
}
