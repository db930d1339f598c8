/** The reader takes sixteen or 64 bytes of a string at once. It must accept exactly the strings that TextDecoder and JSON.parse accept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { usageByAgent } from "usage-by-agent";
import { Random } from "../../tools/generate.mjs";

const QUERY = { period: "month", tz: "UTC", now: "2024-06-01T12:00:00Z", onInvalid: "skip", dedupe: false };
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A record whose body is made of these bytes, in a line. */
const lineOf = (body) =>
  Buffer.concat([Buffer.from('{"receivedAt":"2024-06-01T00:00:00Z","body":"'), Buffer.from(body), Buffer.from('"}\n')]);

function isJson(line) {
  try {
    JSON.parse(utf8.decode(line));
    return true;
  } catch {
    return false;
  }
}

const counted = (lines) =>
  usageByAgent(Buffer.concat(lines), QUERY).data.reduce((sum, { messages }) => sum + messages, 0);

/** Compares many bodies at once, and names the first body that differs. Returns how many are JSON. */
function compare(bodies) {
  const lines = bodies.map(lineOf);
  const valid = lines.filter(isJson).length;
  if (counted(lines) !== valid) {
    for (const line of lines) assert.equal(counted([line]), Number(isJson(line)), line.toString("latin1"));
    assert.fail("lines that agree alone differ together");
  }
  return valid;
}

/** The bytes at the edges of what UTF-8 and JSON allow. */
const EDGES = [
  0x1f, 0x22, 0x41, 0x5c, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

test("bytes that are not UTF-8 are found, wherever they stand in a string", () => {
  let valid = 0;
  let all = 0;
  // The blocks begin at the first character that is not ASCII.
  const first = Buffer.from("é");
  for (const before of [0, 1, 10, 11, 12, 13, 14, 15]) {
    for (const a of EDGES.filter((byte) => byte >= 0x80)) {
      const bodies = [];
      for (const b of EDGES) {
        for (const c of EDGES) {
          // Two texts behind them: bytes that the block has too, and a continuation byte.
          for (const end of [[], [0x80], [0xbf, 0x61]]) {
            bodies.push([...first, ...Array(before).fill(0x61), a, b, c, ...end, ...Array(20 - before).fill(0x61)]);
          }
        }
      }
      all += bodies.length;
      valid += compare(bodies);
    }
  }
  assert.ok(valid > all / 100 && valid < all / 2, `${valid} of ${all} are valid`);
});

test("escapes that are wrong are found, wherever they stand in a string", () => {
  const random = new Random(1, 97);
  const rare = ['"', "\\x", "\\u12g4", "\\u00", "\u001f", "\\é", "\\U0041", "\\N"];
  const often = [
    "a",
    "u",
    "n",
    "\\\\",
    '\\"',
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\uABCD",
    "\\n",
    "\\/",
    "\\b\\f\\r\\t",
    "é",
    "語",
    "😀",
  ];
  let valid = 0;
  for (let round = 0; round < 40; round++) {
    const bodies = Array.from({ length: 500 }, () => {
      const parts = Array.from({ length: 1 + random.below(24) }, () => random.pick(often));
      if (random.chance(0.5)) parts.splice(random.below(parts.length + 1), 0, random.pick(rare));
      if (random.chance(0.125)) parts.push("\\".repeat(1 + random.below(40)));
      return parts.join("");
    });
    valid += compare(bodies);
  }
  assert.ok(valid > 5000 && valid < 15_000, `${valid} of 20000 are valid`);
});
