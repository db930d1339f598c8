/** Counts records, and makes the report and the diagnostics. */
import { OracleError } from "./error.mjs";
import { Malformed } from "./fields.mjs";
import { isContainer, judge, open } from "./judge.mjs";
import { bounds } from "./period.mjs";

/**
 * The report and the diagnostics of records. `diagnostics.problems` have only `{path, code}`.
 * @param {Iterable<unknown> | {data: unknown[]} | {messages: unknown[]} | string} records parsed values, a list page, a
 *   conversation, or NDJSON text
 * @param {object} query a `UsageQuery` with `now`
 * @param {{defaults?: import("./judge.mjs").Defaults}} [options] for records that name no agent, number or channel
 */
export function report(records, query, options) {
  const tally = new Tally(query, options);
  if (typeof records === "string") tally.text(records);
  else if (isContainer(records)) tally.value(records, "");
  else {
    let index = 0;
    for (const record of records) tally.value(record, `/${index++}`);
  }
  return { report: tally.report(), diagnostics: tally.diagnostics() };
}

const quarterOf = ({ time }) => Math.floor(time / 900_000);

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
  #events = 0;
  #tests = 0;
  #other = 0;
  #notCompleted = new Map();
  #problems = [];
  #names = new Map();
  #unmatched = [];
  /** What each id counted as. Calls, messages and the deliveries of both have ids of their own. */
  #byId = { call: new Map(), message: new Map(), callDelivery: new Map(), messageDelivery: new Map() };

  /**
   * @param {object} query a `UsageQuery` with `now`
   * @param {{defaults?: import("./judge.mjs").Defaults}} [options]
   */
  constructor(query, { defaults = {} } = {}) {
    this.#query = { includeIdle: false, dedupe: true, onInvalid: "throw", naiveTimestamps: "reject", ...query };
    this.#judging = { naive: this.#query.naiveTimestamps === "utc", defaults };
    this.#bounds = bounds(query);
    this.#directory = readDirectory(query.agents);
  }

  /**
   * Counts a value: a record, or a list page or a conversation, which counts as its items.
   * @param {unknown} value
   * @param {string} path the value's place, as a JSON Pointer
   * @param {import("./judge.mjs").Defaults} [defaults] those around the value
   */
  value(value, path, defaults = this.#judging.defaults) {
    let opened = null;
    try {
      opened = open(value, path, defaults);
    } catch (fault) {
      if (!(fault instanceof Malformed)) throw fault;
      this.#records += 1;
      this.#place({ is: "invalid", path: fault.path });
      return;
    }
    if (opened) {
      for (const [n, item] of opened.items.entries()) this.value(item, `${opened.path}/${n}`, opened.defaults);
    } else {
      this.#records += 1;
      this.#place(judge(value, path, { ...this.#judging, defaults }));
    }
  }

  /**
   * Counts JSON text: one value, or one value on each line. Arrays, pages and conversations count as their items. Pointers treat
   * the input as one array of its values. Only the first value adds no index to its items' pointers, because it may be the whole
   * input.
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
    else this.value(value, isContainer(value) ? own : `/${index}`);
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
    else if (verdict.is === "event") this.#events += 1;
    else if (verdict.is === "test") this.#tests += 1;
    else if (verdict.is === "other") this.#other += 1;
    else this.#placeUsage(verdict);
  }

  #placeUsage(verdict) {
    const { is: kind, id, delivery, agentId, agentName, time, status } = verdict;
    if (agentId !== null && agentName !== null) this.#learnName(agentId, agentName, time);

    if (kind === "call" && status !== null) {
      this.#notCompleted.set(status, (this.#notCompleted.get(status) ?? 0) + 1);
      return;
    }
    if (time < this.#bounds.startMs || time >= this.#bounds.endMs) {
      this.#outsidePeriod += 1;
      return;
    }
    const key = id ?? delivery;
    if (!this.#query.dedupe || key === null) this.#unmatched.push(verdict);
    else {
      const space = this.#byId[id === null ? `${kind}Delivery` : kind];
      const known = space.get(key);
      if (known) this.#duplicates += 1;
      if (!known || isFuller(verdict, known)) space.set(key, verdict);
    }
  }

  #counted() {
    return [...this.#unmatched, ...Object.values(this.#byId).flatMap((space) => [...space.values()])];
  }

  /** What counts, one by one: `{kind, time, quarter, agentId, number, channel, direction, seconds}` and the ids. */
  counted() {
    return this.#counted().map(({ is, ...event }) => ({ kind: is, ...event, quarter: quarterOf(event) }));
  }

  /** The rows by agent. Seconds are exact (BigInt), so that an overflow is found and not rounded away. */
  #usage() {
    const usage = new Map();
    for (const { is: kind, agentId, seconds } of this.#counted()) {
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
        events: this.#events,
        tests: this.#tests,
        notCompleted: Object.fromEntries(this.#notCompleted), // fromEntries makes "__proto__" an ordinary key
        other: this.#other,
      },
      withoutId: this.#counted().filter(({ id, delivery }) => id === null && delivery === null).length,
      withoutDuration: this.#counted().filter(({ is, seconds }) => is === "call" && seconds === null).length,
      problems: [...this.#problems],
      totals,
    };
  }
}

/** Whether `a` counts instead of `b`, which has an equal id. A report by agent shows only the first four criteria. */
function isFuller(a, b) {
  const order =
    present(a.agentId) - present(b.agentId) ||
    (a.seconds ?? -1) - (b.seconds ?? -1) ||
    byCodeUnit(b.agentId ?? "", a.agentId ?? "") ||
    quarterOf(b) - quarterOf(a) ||
    present(a.number) - present(b.number) ||
    byCodeUnit(b.number ?? "", a.number ?? "") ||
    present(a.channel || null) - present(b.channel || null) ||
    Number(b.channel === "other") - Number(a.channel === "other") ||
    byCodeUnit(b.channel, a.channel) ||
    present(a.direction || null) - present(b.direction || null) ||
    byCodeUnit(b.direction, a.direction);
  return order > 0;
}

const present = (value) => Number(value !== null);

/** The names by id. The last entry of an id wins. */
function readDirectory(agents = []) {
  const directory = new Map();
  for (const { id, name } of Array.isArray(agents.data) ? agents.data : agents) {
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
