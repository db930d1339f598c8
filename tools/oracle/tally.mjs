/** Counts records, and makes the report and the diagnostics. */
import { OracleError } from "./error.mjs";
import { judge } from "./judge.mjs";
import { bounds } from "./period.mjs";

/**
 * The report and the diagnostics of records. `diagnostics.problems` have only `{path, code}`.
 * @param {Iterable<unknown> | {data: unknown[]} | string} records parsed values, a list page, or NDJSON text
 * @param {object} query a `UsageQuery` with `now`
 * @param {{defaults?: {agentId?: string | null, agentName?: string}}} [options] for records without an agent
 */
export function report(records, query, options) {
  const tally = new Tally(query, options);
  if (typeof records === "string") tally.text(records);
  else if (isPage(records)) tally.value(records, "");
  else {
    let index = 0;
    for (const record of records) tally.value(record, `/${index++}`);
  }
  return { report: tally.report(), diagnostics: tally.diagnostics() };
}

const isPage = (value) => typeof value === "object" && value !== null && Array.isArray(value.data);

/** The count of one period. Values are added one by one. */
export class Tally {
  #query;
  #judging;
  #bounds;
  #directory;
  #records = 0;
  #invalid = 0;
  #outsidePeriod = 0;
  #duplicates = 0;
  #voiceTurns = 0;
  #reactions = 0;
  #other = 0;
  #notCompleted = new Map();
  #problems = [];
  #names = new Map();
  #withoutId = [];
  #byId = { call: new Map(), message: new Map() };

  /**
   * @param {object} query a `UsageQuery` with `now`
   * @param {{defaults?: {agentId?: string | null, agentName?: string}}} [options]
   */
  constructor(query, { defaults = {} } = {}) {
    this.#query = { includeIdle: false, dedupe: true, onInvalid: "throw", naiveTimestamps: "reject", ...query };
    this.#judging = { naive: this.#query.naiveTimestamps === "utc", defaults };
    this.#bounds = bounds(query);
    this.#directory = readDirectory(query.agents);
  }

  /**
   * Counts a value: a record, or a list page, which counts as its items.
   * @param {unknown} value
   * @param {string} path the value's place, as a JSON Pointer
   */
  value(value, path) {
    if (isPage(value)) {
      for (let i = 0; i < value.data.length; i++) this.value(value.data[i], `${path}/data/${i}`);
    } else {
      this.#records += 1;
      this.#place(judge(value, path, this.#judging));
    }
  }

  /**
   * Counts JSON text: one value, or one value on each line. Arrays and pages count as their items. Pointers treat the input as one
   * array of its values. Only the first value adds no index to its items' pointers, because it may be the whole input.
   * @param {string} text
   */
  text(text) {
    for (const [index, value] of parseText(text).entries()) this.topLevel(value, index);
  }

  /**
   * Counts a top-level value of a text with several values.
   * @param {unknown} value
   * @param {number} index the index of the value
   */
  topLevel(value, index) {
    const own = index === 0 ? "" : `/${index}`;
    if (Array.isArray(value)) for (const [n, item] of value.entries()) this.value(item, `${own}/${n}`);
    else this.value(value, isPage(value) ? own : `/${index}`);
  }

  /** Counts one verdict. */
  #place(verdict) {
    if (verdict.is === "invalid") {
      if (this.#query.onInvalid === "throw") throw new OracleError("invalid_record", verdict.path, verdict.path);
      this.#invalid += 1;
      if (this.#problems.length < 100) this.#problems.push({ path: verdict.path, code: "invalid_record" });
      return;
    }
    if (verdict.is === "voiceTurn") this.#voiceTurns += 1;
    else if (verdict.is === "reaction") this.#reactions += 1;
    else if (verdict.is === "other") this.#other += 1;
    else this.#placeUsage(verdict);
  }

  #placeUsage({ is: kind, id, agentId, agentName, time, status, seconds }) {
    if (agentId !== null && agentName !== null) this.#learnName(agentId, agentName, time);

    if (kind === "call" && status !== null) {
      this.#notCompleted.set(status, (this.#notCompleted.get(status) ?? 0) + 1);
      return;
    }
    if (time < this.#bounds.startMs || time >= this.#bounds.endMs) {
      this.#outsidePeriod += 1;
      return;
    }
    const event = { kind, id, agentId, seconds };
    if (!this.#query.dedupe || id === null) this.#withoutId.push(event);
    else {
      const known = this.#byId[kind].get(id);
      if (known) this.#duplicates += 1;
      if (!known || isFuller(event, known)) this.#byId[kind].set(id, event);
    }
  }

  #counted() {
    return [...this.#withoutId, ...this.#byId.call.values(), ...this.#byId.message.values()];
  }

  /** The rows by agent. Seconds are exact (BigInt), so that an overflow is found and not rounded away. */
  #usage() {
    const usage = new Map();
    for (const { kind, agentId, seconds } of this.#counted()) {
      const row = usage.get(agentId) ?? { messages: 0, calls: 0, seconds: 0n };
      usage.set(agentId, row);
      if (kind === "message") row.messages += 1;
      else {
        row.calls += 1;
        row.seconds += BigInt(seconds ?? 0);
      }
    }
    return usage;
  }

  /** The latest name wins. Of names with an equal time, the greatest wins. */
  #learnName(agentId, name, time) {
    const known = this.#names.get(agentId);
    if (!known || time > known.time || (time === known.time && name > known.name)) {
      this.#names.set(agentId, { name, time });
    }
  }

  /** The report so far, as the body of a response. */
  report() {
    this.#totalSeconds();
    const usage = this.#usage();
    const ids = new Set(usage.keys());
    if (this.#query.includeIdle) for (const id of this.#directory.keys()) ids.add(id);

    const rows = [];
    for (const agentId of ids) {
      const { messages, calls, seconds } = usage.get(agentId) ?? { messages: 0, calls: 0, seconds: 0n };
      const agentName = agentId === null ? "Unassigned" : this.#nameOf(agentId);
      rows.push({ agentId, agentName, messages, calls, totalSeconds: Number(seconds), isOrphan: agentId === null });
    }
    rows.sort(compareRows);
    const { period, periodStart, periodEnd } = this.#bounds;
    return { data: rows, period, periodStart, periodEnd };
  }

  #nameOf(agentId) {
    return this.#directory.get(agentId) || this.#names.get(agentId)?.name || agentId;
  }

  #totalSeconds() {
    let sum = 0n;
    for (const { seconds } of this.#usage().values()) sum += seconds;
    if (sum > BigInt(Number.MAX_SAFE_INTEGER)) throw new OracleError("overflow", `${sum} seconds`);
    return Number(sum);
  }

  /** The diagnostics so far. */
  diagnostics() {
    const totals = { messages: 0, calls: 0, totalSeconds: this.#totalSeconds() };
    for (const { messages, calls } of this.#usage().values()) {
      totals.messages += messages;
      totals.calls += calls;
    }
    return {
      records: this.#records,
      counted: this.#counted().length,
      outsidePeriod: this.#outsidePeriod,
      duplicates: this.#duplicates,
      invalid: this.#invalid,
      ignored: {
        voiceTurns: this.#voiceTurns,
        reactions: this.#reactions,
        notCompleted: Object.fromEntries(this.#notCompleted), // fromEntries makes "__proto__" an ordinary key
        other: this.#other,
      },
      withoutId: this.#counted().filter(({ id }) => id === null).length,
      withoutDuration: this.#counted().filter(({ kind, seconds }) => kind === "call" && seconds === null).length,
      problems: [...this.#problems],
      totals,
    };
  }
}

/** Whether `a` counts instead of `b`, which has an equal id: it has an agent, or is longer, or has the smaller agent id. */
function isFuller(a, b) {
  if ((a.agentId === null) !== (b.agentId === null)) return a.agentId !== null;
  if (a.kind === "call" && a.seconds !== b.seconds) return (a.seconds ?? -1) > (b.seconds ?? -1);
  return a.agentId !== null && a.agentId < b.agentId;
}

/** The names by id. The last entry of an id wins. */
function readDirectory(agents = []) {
  const directory = new Map();
  for (const { id, name } of isPage(agents) ? agents.data : agents) {
    if (typeof id !== "string" || typeof name !== "string") {
      throw new OracleError("invalid_option", "an agent has an id and a name");
    }
    directory.set(id, name);
  }
  return directory;
}

const descending = (a, b) => b - a;
const byCodeUnit = (a, b) => (a < b ? -1 : a > b ? 1 : 0); // JavaScript compares strings by code unit

function compareRows(a, b) {
  return (
    Number(a.isOrphan) - Number(b.isOrphan) ||
    descending(a.messages, b.messages) ||
    descending(a.calls, b.calls) ||
    descending(a.totalSeconds, b.totalSeconds) ||
    byCodeUnit(a.agentName, b.agentName) ||
    byCodeUnit(a.agentId, b.agentId)
  );
}

function parseText(text) {
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        throw new OracleError("invalid_json", line.slice(0, 80));
      }
    });
  }
}
