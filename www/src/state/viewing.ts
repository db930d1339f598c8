/**
 * Keeps what the reader looks at, in step with the address, and asks usage for it. The views are told; they never ask.
 */
import { type Failure, failureOf, isReplaced, type Span, type Usage } from "../usage/usage.js";
import { readAddress, writeAddress } from "./address.js";
import { type Answers, answersTo } from "./answers.js";
import { Places } from "./history.js";
import { DEFAULTS, type View } from "./view.js";
import { type Fixed, fixed, moved } from "./windows.js";

export interface ViewingListeners {
  /** The view has changed. Nothing is known of its usage yet. */
  onView(view: View): void;
  /** `isOpened` is whether the reader has just opened an agent. */
  onAnswers(answers: Answers, view: View, isOpened: boolean): void;
  onFailure(failure: Failure): void;
  /** Whether the views are about to change. */
  onBusy(isBusy: boolean): void;
  /** What of the address can't be shown; empty if all can. */
  onFaults(faults: readonly string[]): void;
}

export class Viewing {
  #view: View;
  #zones: readonly string[] | null = null;
  #defaults = DEFAULTS;
  readonly #places: Places;
  /** The window that is shown, or moved to. */
  #window: Fixed | null = null;
  #round = 0;
  #isOpened = false;
  #isCounting = false;
  /** Moves wait for each other, so that keys that are pressed fast move as far as they were pressed. */
  #moving: Promise<void> = Promise.resolve();
  /** Whether the reader has chosen a date since the sample is shown. The sample's dates are kept out of the address and other records. */
  #isSample = false;
  #hasMovedInSample = false;

  constructor(
    readonly usage: Usage,
    readonly ownZone: string,
    readonly listeners: ViewingListeners,
  ) {
    this.#places = new Places((hash) => this.#follow(hash));
    this.#view = readAddress(location.hash, { zones: null, ownZone, defaults: DEFAULTS }).view;
    listeners.onView(this.#view);
  }

  get view(): View {
    return this.#view;
  }

  /** Takes the names of the zones, without which no zone can be judged, and defaults of a server. */
  start(zones: readonly string[], defaults: Partial<typeof DEFAULTS> = {}): void {
    this.#zones = zones;
    this.#defaults = { ...DEFAULTS, ...defaults };
    this.#follow(location.hash);
  }

  /** The address of an agent's part. */
  addressOf(agent: string): string {
    return this.#write({ ...this.#addressed(), agent });
  }

  /** Moves to another window or agent: Back leads here again. */
  move(part: Partial<Pick<View, "shown" | "agent" | "step">>): void {
    if (part.shown !== undefined && this.#isSample) this.#hasMovedInSample = true;
    this.#isOpened = part.agent !== undefined && part.agent !== null;
    this.#view = { ...this.#view, ...part };
    this.#places.move(this.#write(part.shown === undefined ? this.#addressed() : this.#view));
    this.#changed();
  }

  /** Changes how the window is shown. */
  change(part: Partial<View>): void {
    this.#view = { ...this.#view, ...part };
    this.#places.tweak(this.#write(this.#addressed()));
    this.#changed();
  }

  /** Moves by so many periods. */
  step(by: number): void {
    this.listeners.onBusy(true);
    this.#moving = this.#moving.then(async () => {
      if (this.#window === null) {
        this.listeners.onBusy(false);
        return;
      }
      try {
        const next = await moved(this.#window, by, this.#view, this.usage);
        this.#window = next;
        this.move({ shown: next });
      } catch (error) {
        if (!isReplaced(error)) this.listeners.onFailure(failureOf(error));
        this.listeners.onBusy(false);
      }
    });
  }

  /** Shows another length of period, around the date that is shown. */
  showPeriod(period: "week" | "month" | "year"): void {
    const { shown } = this.#view;
    const date = shown.kind === "days" ? shown.from : shown.date;
    this.move({ shown: { kind: "period", period, date }, step: null });
  }

  showNewest(): void {
    const { shown } = this.#view;
    this.move({ shown: { kind: "period", period: shown.kind === "days" ? "month" : shown.period, date: null } });
  }

  /** The counts have changed. */
  recount(): void {
    if (this.#zones !== null) void this.#ask();
  }

  /** While records are counted and none is yet, the newest period is not known. */
  setCounting(isCounting: boolean): void {
    this.#isCounting = isCounting;
  }

  /** Whether the records are the sample. A date that was chosen in the sample says nothing about other records. */
  setSample(isSample: boolean): void {
    if (!isSample && this.#hasMovedInSample) {
      const { shown } = this.#view;
      this.#view = {
        ...this.#view,
        agent: null,
        shown: shown.kind === "days" ? DEFAULTS.shown : { ...shown, date: null },
      };
    }
    this.#isSample = isSample;
    this.#hasMovedInSample = false;
  }

  #follow(hash: string): void {
    const { view, faults } = readAddress(hash, {
      zones: this.#zones,
      ownZone: this.ownZone,
      defaults: this.#defaults,
    });
    this.#isOpened = view.agent !== null && view.agent !== this.#view.agent;
    this.#view = view;
    this.listeners.onFaults(faults);
    this.#changed();
  }

  #changed(): void {
    this.listeners.onView(this.#view);
    if (this.#zones !== null) void this.#ask();
  }

  /** The view with the date that is shown, so that a link leads to the same window later. */
  #addressed(): View {
    const { shown } = this.#view;
    const isNewestOfSample = this.#isSample && shown.kind === "period" && shown.date === null;
    return isNewestOfSample || this.#window === null ? this.#view : { ...this.#view, shown: this.#window };
  }

  #write(view: View): string {
    return writeAddress(view, this.#defaults);
  }

  async #ask(): Promise<void> {
    const round = ++this.#round;
    this.listeners.onBusy(true);
    const view = this.#view;
    const usage = whileCurrent(this.usage, () => round === this.#round);
    try {
      const span: Span | null = await usage.span();
      if (span === null && this.#isCounting) return;
      const nowMs = Date.now();
      this.#window = await fixed(view, span, usage, nowMs);
      this.#places.tweak(this.#write(this.#addressed()));
      const answers = await answersTo(usage, view, this.#window, span, nowMs);
      if (round !== this.#round) return;
      const isOpened = this.#isOpened;
      this.#isOpened = false;
      this.listeners.onAnswers(answers, view, isOpened);
    } catch (error) {
      if (round === this.#round && !isReplaced(error)) this.listeners.onFailure(failureOf(error));
    } finally {
      if (round === this.#round) this.listeners.onBusy(false);
    }
  }
}

/** Usage that asks nothing more once a newer round has begun, whose questions it would take the place of. */
function whileCurrent(usage: Usage, isCurrent: () => boolean): Usage {
  const guarded = <A extends unknown[], R>(ask: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> =>
      isCurrent() ? ask.apply(usage, args) : Promise.reject(new DOMException("A newer view is shown.", "AbortError"));
  };
  return {
    about: guarded(usage.about),
    offsets: guarded(usage.offsets),
    breakdown: guarded(usage.breakdown),
    report: guarded(usage.report),
    span: guarded(usage.span),
    bounds: guarded(usage.bounds),
    onChange: (listener) => usage.onChange(listener),
  };
}
