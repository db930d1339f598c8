/** The agents of the generated records: their ids, their names and their entries in the directory. */
import { Random } from "./random.mjs";

/** Names that break programs which escape, compare or count text carelessly. */
const NAMES = [
  "Support Agent Alpha",
  "Sales Agent Beta",
  'The "quoted" one',
  "<script>alert(1)</script>",
  "Line\nbreak\r\nand\ttab",
  "Back\\slash \\u0041 {}[],:",
  "😀 Concierge",
  "👩‍👩‍👧 Family desk",
  "مساعد الدعم",
  "סוכן מכירות",
  "客服小助手",
  "カスタマーサポート",
  "Zoë precomposed",
  "Zoe\u0308 combining",
  "\u202eoverridden direction",
  "Ｚ fullwidth", // after an emoji by code point, before it by code unit
  "𝔊othic",
  "\u2028line separator",
  "\u0000\u0001\u007fcontrols",
  "zero\u200bwidth",
  "  spaces around  ",
  "Unassigned",
  "null",
  "O'Brien & Söhne; DROP TABLE agents",
  `${"long ".repeat(60)}name`,
];

/** Ids that a program may confuse with properties of JavaScript objects or with numbers. */
const ODD_IDS = [
  "__proto__",
  "constructor",
  "toString",
  "1",
  "007",
  "1e3",
  "-0",
  "null",
  "agt_é😀",
  "A",
  "a",
  "hasOwnProperty",
];

/**
 * @typedef {object} Agent
 * @property {string} id
 * @property {string[]} names the names in the order of time; none for agents without records
 * @property {string | null} listedAs the name in the directory; null for deleted and unknown agents
 */

/**
 * The agents of a seed. The first agents are the busiest. The last agents are listed and have no usage.
 * @param {{seed?: number, agents?: number}} [options]
 * @returns {{busy: Agent[], idle: Agent[], numbers: {id: string, phoneNumber: string}[]}}
 */
export function roster({ seed = 1, agents = 40 } = {}) {
  const random = new Random(seed, 1);
  const busy = [];
  for (let i = 0; i < agents; i++) {
    const id = i % 3 === 2 && i / 3 < ODD_IDS.length ? ODD_IDS[Math.floor(i / 3)] : random.uuid();
    const again = i < NAMES.length ? "" : ` ${i}`;
    const name = `${NAMES[i % NAMES.length]}${again}`;
    const changes = random.weighted([
      [5, 0],
      [3, 1],
      [1, 3],
    ]);
    const names = [name, ...Array.from({ length: changes }, (_, n) => `${name} v${n + 2}`)];
    const fate = random.weighted([
      [6, "listed"],
      [1, "renamed"],
      [2, "deleted"],
      [1, "nameless"],
    ]);
    if (fate === "listed") busy.push({ id, names, listedAs: name });
    else if (fate === "renamed") busy.push({ id, names, listedAs: `${name} (directory)` });
    else busy.push({ id, names: fate === "nameless" ? [] : names, listedAs: null });
  }
  const idle = ["😀 Idle", "Ｚ Idle", "Zoë Idle", "Zoe\u0308 Idle", "Idle", "Idle"].map((name) => {
    return { id: random.uuid(), names: [], listedAs: name }; // rows of zeros, so that only names decide their order
  });
  const numbers = Array.from({ length: 24 }, () => ({ id: `num_${random.hex()}`, phoneNumber: phoneNumber(random) }));
  return { busy, idle, numbers };
}

/**
 * The directory of a seed as a page of `GET /v1/agents`.
 * @param {{seed?: number, agents?: number}} [options]
 */
export function agentsPage({ seed = 1, agents = 40 } = {}) {
  const random = new Random(seed, 2);
  const { busy, idle, numbers } = roster({ seed, agents });
  const listed = [...busy, ...idle].filter((agent) => agent.listedAs !== null);
  const entry = (id, name) => {
    const createdAt = new Date(Date.UTC(2023, random.below(12), 1 + random.below(28))).toISOString();
    return { id, name, createdAt, numbers: random.chance(0.5) ? [random.pick(numbers)] : [] };
  };
  const data = listed.map(({ id, listedAs }) => entry(id, listedAs));
  // If agents change while pages are read, a page can list an agent twice. The later entry counts.
  data.unshift(entry(data[0].id, "an outdated name"));
  return { data, total: data.length };
}

/** @param {Random} random */
export function phoneNumber(random) {
  return `+1${200 + random.below(800)}555${String(random.below(10_000)).padStart(4, "0")}`;
}
