// Looks for the ways of counting that give the numbers of theirs, the simplest first.

import type { PeriodQuery } from "../types.js";
import type { Causes } from "./causes.js";
import { goneFrom, namesOf, withoutAgents } from "./deletion.js";
import { type Fit, isWhole } from "./fits.js";
import type { PeriodQuestion } from "./question.js";
import type { Mistake, Recount } from "./recount.js";
import { FIELDS, isColumnEqual } from "./response.js";
import type { Field } from "./types.js";
import { codesOf, extensionsOf, MAX_TOGETHER, mayExplain, type Way, waysOf } from "./ways.js";
import { BOUNDS, type Window } from "./windows.js";

/** The search for the causes of one difference. */
export class Search {
  readonly #causes: Causes;
  readonly #question: PeriodQuestion;
  /** The columns that nothing explains yet. */
  #open: Field[];
  /** The window that explains some columns, or that theirs states. */
  #window: Window | null;
  /** The ways that explain a column. A column that is equal is explained by the way of ours. */
  readonly #ways: Record<Field, Way[]>;

  constructor(causes: Causes, question: PeriodQuestion) {
    const { differing, theirWindow, literalWindow } = question;
    this.#causes = causes;
    this.#question = question;
    this.#open = causes.open(differing);
    this.#window = theirWindow === null ? literalWindow : { ...theirWindow, isStated: true };
    const ours: Way = { window: null, mistakes: [], isDeleted: false };
    const known = (field: Field): Way[] => {
      if (!differing.includes(field)) return [ours];
      return causes.isShown(field) && causes.has("agent_deleted") ? [{ ...ours, isDeleted: true }] : [];
    };
    this.#ways = { messages: known("messages"), calls: known("calls"), totalSeconds: known("totalSeconds") };
  }

  /** Reports the windows that explain columns. */
  takeFits(fits: readonly Fit[]): void {
    for (const { window, equal, gone } of fits) {
      const fields = this.#open.filter((field) => equal.includes(field));
      if (fields.length === 0) continue;
      this.#report({ window, mistakes: [], isDeleted: gone.length > 0 }, fields, gone);
      if (!this.#window?.isStated) this.#window = window;
    }
  }

  /**
   * Tries windows and mistakes, alone and together.
   *
   * @param mistakes the mistakes to try, the likeliest first
   * @param fits the windows that explain columns
   */
  tryAll(recount: Recount, mistakes: readonly Mistake[], fits: readonly Fit[]): void {
    const { own, ours } = this.#question;
    const base = recount.rows(own.query, []);
    const wrong = FIELDS.filter((field) => !isColumnEqual(field, base, ours));
    this.#causes.add("possible", "evidence_differs", wrong);

    // A window that theirs does not state, and that explains one column only, may be a coincidence.
    this.takeFits(fits.filter((fit) => isWhole(fit) || this.#isStated(fit.window) || this.#explainsSome(fit)));
    const changing = this.#tryEach(recount, mistakes);
    this.#tryTogether(recount, changing, 2);
    this.takeFits(fits);
    for (let together = 2; together <= MAX_TOGETHER; together++) this.#tryTogether(recount, changing, together);
  }

  #isStated({ isStated, key }: Window): boolean {
    return isStated === true || key === this.#question.literalWindow?.key;
  }

  #explainsSome({ equal }: Fit): boolean {
    return this.#open.filter((field) => equal.includes(field)).length > 1;
  }

  /** Tries each mistake alone. Returns those that change a column that differs, in the period of ours or of theirs. */
  #tryEach(recount: Recount, mistakes: readonly Mistake[]): Mistake[] {
    const { own, differing } = this.#question;
    const queries = [own.query, ...(this.#window === null ? [] : [this.#window.query])];
    const changing: Mistake[] = [];
    for (const mistake of mistakes) {
      const fields = mistake.fields.filter((field) => differing.includes(field));
      const isVariant = changing.some(({ code }) => code === "failed_calls_counted" && code === mistake.code);
      if (fields.length === 0 || (isVariant && !fields.some((field) => this.#open.includes(field)))) continue;
      const changes = (query: PeriodQuery) => {
        const [rows, base] = [recount.rows(query, [mistake]), recount.rows(query, [])];
        return fields.some((field) => !isColumnEqual(field, rows, base));
      };
      // Rounding may change nothing alone, and change the seconds of spans, or of failed calls.
      if (!isOfSeconds(mistake) && !queries.some(changes)) continue;
      changing.push({ ...mistake, isVariant });
      this.#try(recount, { window: null, mistakes: [mistake], isDeleted: false }, fields);
    }
    return changing;
  }

  #tryTogether(recount: Recount, mistakes: readonly Mistake[], together: number): void {
    const ways = waysOf(mistakes, this.#window, together);
    // Several ways may fit by chance. All of them are reported, but no way with more causes.
    const tryAll = (ways: readonly Way[], columns: readonly Field[]) => {
      const open = this.#open.filter((field) => columns.includes(field));
      for (const way of ways) {
        const fields = open.filter((field) => mayExplain(way, field));
        this.#try(recount, way, fields);
      }
    };
    tryAll(ways, ["messages", "calls"]);
    // Seconds are those of the calls that count, so the ways that explain the calls come first.
    const ofSeconds = mistakes.filter(isOfSeconds);
    for (const further of [0, 1, 2]) tryAll(extensionsOf(this.#ways.calls, ofSeconds, further), ["totalSeconds"]);
    if (together === 2) tryAll(ways, ["totalSeconds"]);
  }

  /** Counts in a way, and reports the way for the columns in which it gives the numbers of theirs, and only as a whole. */
  #try(recount: Recount, way: Way, fields: readonly Field[]): void {
    if (fields.length === 0) return;
    const { own, theirs } = this.#question;
    const { query } = way.window ?? own;
    const gone = way.isDeleted ? goneFrom(recount.rows(query, way.mistakes), theirs) : [];
    if (way.isDeleted && gone.length === 0) return;
    const count = (mistakes: readonly Mistake[]) =>
      recount.rows(query, mistakes, (counted) => withoutAgents(counted, gone));
    const rows = count(way.mistakes);
    const explained = fields.filter((field) => isColumnEqual(field, rows, theirs));
    if (explained.length === 0) return;
    const fewer = way.mistakes.map((mistake) => count(way.mistakes.filter((other) => other !== mistake)));
    const needed = explained.filter((field) => !fewer.some((others) => isColumnEqual(field, others, theirs)));
    if (needed.length > 0) this.#report(way, needed, gone);
  }

  #report(way: Way, fields: readonly Field[], gone: string[]): void {
    const { own, agents } = this.#question;
    const [code, ...others] = codesOf(way, own);
    if (code === undefined) return; // the way of ours explains nothing
    const { window, mistakes } = way;
    const deleted = way.isDeleted ? namesOf(gone, agents) : undefined;
    const details = [window && detailOf(window), ...mistakes.map(({ detail }) => detail), deleted?.detail];
    this.#causes.add("shown", code, [...fields, ...(window ? this.#boundsOf(window) : [])], {
      with: others,
      agents: deleted?.agents,
      detail: Object.assign({}, ...details),
    });
    for (const field of fields) this.#ways[field].push(way);
    this.#open = this.#open.filter((field) => !fields.includes(field));
  }

  /** The names of the bounds' fields, if the window also explains the bounds of theirs. */
  #boundsOf({ isStated, bounds }: Window): readonly string[] {
    const theirs = this.#question.bounds;
    const isWritten = theirs?.periodStart === bounds.periodStart && theirs.periodEnd === bounds.periodEnd;
    return isStated || isWritten ? BOUNDS : [];
  }
}

const isOfSeconds = ({ fields }: Mistake) => fields.every((field) => field === "totalSeconds");

function detailOf({ query, bounds, zones, code }: Window): Record<string, unknown> {
  const { tz, periodStart, periodEnd } = bounds;
  const { weekStart } = query;
  return {
    tz,
    ...(weekStart && { weekStart }),
    periodStart,
    periodEnd,
    ...(code === "other_zone" && { zones: [...zones] }),
  };
}
