// Random records, and what counting them comes to.

import { AT, skipping } from "./faults.mjs";
import { importSource } from "./source.mjs";

// The fields that the core reads, as `npm run contract` writes them.
export const { RECORD_FIELDS: FIELDS, DATA_FIELDS } = await importSource("constants.ts");

const TIMES = [AT, AT, "2024-06-15T13:30:00+05:30", Date.parse(AT), 1718452800, "2024-06-15T12:00:00", "é", null, {}];
const TEXTS = ["a", "b", "agt_é😀", "", "https://例え.jp/\u{1f600}", null, 7, [], true];
const VALUES = {
  type: ["message", "call", "pstn", null, 5],
  event: ["agent.message", "agent.message", "agent.call_ended", "agent.call_ended", "agent.reaction", "x", null, 7, {}],
  channel: ["sms", "voice", null, 5],
  status: ["completed", "completed", "failed", "größer", null, 7],
  startedAt: TIMES,
  endedAt: TIMES,
  receivedAt: TIMES,
  timestamp: TIMES,
  durationSeconds: [0, 59.9, -1, 1e300, null, "60", {}],
};

/** A random record. Most fields are valid, so that one error does not hide all others. */
export function randomRecord(random) {
  const record = some(FIELDS, random);
  if (random.chance(0.3)) delete record.type;
  if (random.chance(0.3)) delete record.event;
  if (random.chance(0.7)) record.data = random.chance(0.95) ? some(DATA_FIELDS, random) : random.pick(NOT_DATA);
  return record;
}

const NOT_DATA = [null, "text", 5, true];

/** Some of the fields, in any order. */
function some(names, random) {
  const fields = names.filter((name) => random.chance(name === "event" ? 0.7 : 0.4));
  for (let i = fields.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [fields[i], fields[j]] = [fields[j], fields[i]];
  }
  return Object.fromEntries(
    fields.map((name) => {
      const values = VALUES[name] ?? TEXTS;
      return [name, values[random.below(random.chance(0.8) ? Math.min(3, values.length) : values.length)]];
    }),
  );
}

/** The report and the diagnostics of records, without lines and bytes, which objects do not have. */
export function outcome(input, query) {
  const { report, diagnostics } = skipping(input, query);
  const problems = diagnostics.problems.map(({ line, byteOffset, ...problem }) => problem);
  return { report, diagnostics: { ...diagnostics, problems } };
}

/** Without what a warning says that an unknown record looks like. It lists keys of the object's own. */
export function known({ report, diagnostics }) {
  const problems = diagnostics.problems.filter(({ code }) => code !== "unknown_records");
  return { report, diagnostics: { ...diagnostics, problems } };
}
