/**
 * Usage over the endpoints of a server: `usage-by-agent serve`, or the Worker's service. The worker still knows the calendar. The token is
 * in the address, or is typed. It is kept in memory only.
 */
import type { AgentUsageResponse, Breakdown, Weekday } from "usage-by-agent";
import { LocalUsage } from "./local.js";
import type { Pace } from "./pace.js";
import {
  type About,
  type BreakdownQuestion,
  type CountState,
  type DaysQuestion,
  isReplaced,
  type PeriodQuestion,
  Refusal,
  type ReportQuestion,
  type Span,
  type Usage,
  type WindowFacts,
} from "./usage.js";

const DAY_MS = 86_400_000;

/** Takes the token out of the address, and gives it. */
export function takeToken(): string | null {
  const parts = new URLSearchParams(location.hash.slice(1));
  const token = parts.get("token");
  parts.delete("token");
  if (token !== null) history.replaceState(null, "", parts.size === 0 ? location.pathname : `#${parts}`);
  // The address of a server that was started again is opened in the same tab.
  addEventListener("hashchange", (event) => {
    if (!new URLSearchParams(location.hash.slice(1)).has("token")) return;
    event.stopImmediatePropagation();
    location.reload();
  });
  return token;
}

/** What the page knows of a server: also the first day of its weeks. */
export interface ServedAbout extends About {
  weekStart: Weekday | null;
}

/** What a server is like, and how the page speaks of it. */
export interface Server {
  /** How often the page asks whether the counts have changed. */
  pace: Pace;
  /** What to do when the server does not answer, and when it does not accept the token. */
  words: { unreachable: string; refused: string };
  /** Asks the reader of the service for a token. `wasRefused` is whether there was one. */
  askForToken?: (wasRefused: boolean) => void;
}

export class ServedUsage implements Usage {
  /** It answers what needs no counts. */
  readonly #calendar = new LocalUsage();
  readonly #asking = new Map<string, AbortController>();
  readonly #listeners: ((state: CountState) => void)[] = [];
  readonly #looked: ((ingest: unknown) => void)[] = [];
  #token: string | null;
  /** Whether the server has accepted the token. */
  #isOpen = false;
  #opened: () => void = () => {};
  #state: CountState = { kind: "counting", sources: [], read: 0, total: null };
  /** What the page has seen of the counts, and of what has arrived at the service: the tags of the answers. */
  #seen = { counts: "", ingest: "" };
  /** How many looks have failed, one after another. */
  #failures = 0;
  #span: Span | null = null;

  constructor(
    token: string | null,
    readonly server: Server,
  ) {
    this.#token = token;
    if (token === null) this.#close(false);
    server.pace.start(() => this.#look());
  }

  /** Reads with another token. */
  use(token: string): void {
    if (!SERVICE) return;
    this.#token = token;
    this.#forgetSeen();
    this.#show({ kind: "counting", sources: [], read: 0, total: null });
    this.server.pace.hurry();
  }

  /** Calls the listener when the server has accepted a token, and has told what it has. */
  onOpened(listener: () => void): void {
    this.#opened = listener;
    if (this.#isOpen) listener();
  }

  /** Calls the listener after each look, with what the service says about its deliveries; `null` if that has not changed. */
  onLooked(listener: (ingest: unknown) => void): void {
    this.#looked.push(listener);
  }

  async about(): Promise<ServedAbout> {
    const about = await this.#calendar.about();
    return { ...about, weekStart: await this.#weekStart().catch(() => null) };
  }

  async breakdown(query: BreakdownQuestion, place = "breakdown"): Promise<Breakdown> {
    const { onlyAgent, by = [], step, tz, weekStart } = query;
    const window = await this.#windowOf(query, place);
    const parameters = { by: by.join(","), step, tz, week_start: weekStart, ...window };
    const body = await this.#json<Breakdown>("usage/breakdown", parameters, `breakdown ${place}`);
    const rows = onlyAgent === undefined ? body.rows : body.rows.filter(({ agentId }) => agentId === onlyAgent);
    for (const { series } of rows) {
      if (series !== undefined)
        for (const key of ["messages", "calls", "totalSeconds"] as const) series[key] = Float64Array.from(series[key]);
    }
    return { ...body, rows };
  }

  /** The report of a period. The server counts periods from its own present. */
  async report(query: ReportQuestion, place = "report"): Promise<AgentUsageResponse> {
    const { period, tz, weekStart, offset = 0 } = query;
    const wanted = await this.#calendar.bounds(query, `report ${place}`);
    const ask = (back: number) =>
      this.#json<AgentUsageResponse>("usage/by-agent", { period, tz, offset: back }, `report ${place}`);
    const newest = await ask(0);
    const { startMs } = await this.#calendar.bounds(
      { period, ...(tz != null && { tz }), ...(weekStart && { weekStart }), now: newest.periodStart },
      `newest ${place}`,
    );
    const days = { week: 7, month: 365.2425 / 12, year: 365.2425 }[period];
    const back = Math.round((wanted.startMs - startMs) / DAY_MS / days);
    return back === offset && back === 0 ? newest : ask(back);
  }

  offsets(): Promise<string[]> {
    return this.#calendar.offsets();
  }

  span(): Promise<Span | null> {
    return Promise.resolve(this.#span);
  }

  bounds(query: PeriodQuestion | DaysQuestion, place = "bounds"): Promise<WindowFacts> {
    return this.#calendar.bounds(query, place);
  }

  onChange(listener: (state: CountState) => void): void {
    this.#listeners.push(listener);
    listener(this.#state);
  }

  /** A period is asked for by its instants, because the server's present may be another one. */
  async #windowOf(query: BreakdownQuestion, place: string): Promise<{ from?: string; to?: string }> {
    const { period, tz, weekStart, offset, now, date, from, to } = query;
    if (from !== undefined && to !== undefined) return { from: String(from), to: String(to) };
    if (period === undefined) return {};
    const asked = {
      period,
      ...(tz != null && { tz }),
      ...(weekStart && { weekStart }),
      ...(offset !== undefined && { offset }),
      ...(now !== undefined && { now }),
      ...(date !== undefined && { date }),
    };
    const { startMs, endMs } = await this.#calendar.bounds(asked, `window ${place}`);
    return { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() };
  }

  /** Looks whether the counts have changed, and gives whether they have. */
  async #look(): Promise<boolean> {
    if (SERVICE && this.#token === null) return false;
    let hasChanged = false;
    let ingest: unknown = null;
    try {
      if (SERVICE) ({ hasChanged, ingest } = await this.#lookAtService());
      else hasChanged = await this.#lookAtCounts();
      this.#failures = 0;
    } catch (error) {
      if (isReplaced(error)) return false;
      this.#forgetSeen();
      this.#failures++;
      // A server that has trouble for a moment is asked once more, and the report stays meanwhile.
      if (this.#isOpen && this.#failures === 1) return false;
      const failure = error instanceof Refusal ? error.failure : this.#unreachable().failure;
      this.#show({ kind: "failed", sources: [], failure });
      return false;
    }
    for (const listener of this.#looked) listener(ingest);
    return hasChanged;
  }

  /**
   * Asks the service what has arrived, which is cheap while nothing has. The counts are asked for only after a change. The change is seen
   * when the counts have been, so that a failure in between hides nothing.
   */
  async #lookAtService(): Promise<{ hasChanged: boolean; ingest: unknown }> {
    const response = await this.#fetch("ingest", {}, this.#seen.ingest, "ingest");
    if (response === null) return { hasChanged: false, ingest: null };
    const ingest = (await response.json()) as unknown;
    const hasChanged = await this.#lookAtCounts();
    this.#seen.ingest = response.headers.get("etag") ?? "";
    return { hasChanged, ingest };
  }

  /** Asks for the counts, and gives whether they have changed. */
  async #lookAtCounts(): Promise<boolean> {
    const response = await this.#fetch("usage/breakdown", {}, this.#seen.counts, "state");
    if (response === null) return false;
    const { startMs, endMs } = (await response.json()) as Breakdown;
    this.#seen.counts = response.headers.get("etag") ?? "";
    this.#span = startMs === endMs ? null : { startMs, endMs };
    this.#show({ kind: "counted", sources: [], diagnostics: null, span: this.#span, milliseconds: 0 });
    if (!this.#isOpen) this.#opened();
    this.#isOpen = true;
    return true;
  }

  #forgetSeen(): void {
    this.#seen = { counts: "", ingest: "" };
  }

  /** Has no token any more that the server accepts. */
  #close(wasRefused: boolean): void {
    this.#token = null;
    this.#isOpen = false;
    if (!SERVICE) return;
    this.#show({ kind: "empty", sources: [] });
    this.server.askForToken?.(wasRefused);
  }

  #show(state: CountState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state) && state.kind === "failed") return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  async #weekStart(): Promise<Weekday> {
    const { periodStart } = await this.#json<AgentUsageResponse>(
      "usage/by-agent",
      { period: "week", tz: "UTC" },
      "about",
    );
    const weekday = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" });
    return weekday.format(Date.parse(periodStart)).toLowerCase() as Weekday;
  }

  async #json<T>(endpoint: string, parameters: Record<string, unknown>, place: string): Promise<T> {
    const response = await this.#fetch(endpoint, parameters, "", place);
    return (response as Response).json() as Promise<T>;
  }

  /** Asks an endpoint. `null` if what it has is still what `tag` names. A newer question of the place ends this one. */
  async #fetch(
    endpoint: string,
    parameters: Record<string, unknown>,
    tag: string,
    place: string,
  ): Promise<Response | null> {
    const token = this.#token;
    if (token === null) throw this.#refused(token, "missing_token");
    // A header can't contain other characters.
    if (SERVICE && !/^[!-~]+$/.test(token)) throw this.#refused(token, "invalid_token");
    this.#asking.get(place)?.abort();
    const asking = new AbortController();
    this.#asking.set(place, asking);
    const given = Object.entries(parameters).filter(
      ([, value]) => value !== undefined && value !== null && value !== "",
    );
    const url = new URL(`v1/${endpoint}`, document.baseURI);
    url.search = String(new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
    const headers = { authorization: `Bearer ${token}`, ...(tag !== "" && { "if-none-match": tag }) };
    const response = await fetch(url, { headers, signal: asking.signal, cache: "no-store" }).catch((error: unknown) => {
      throw isReplaced(error) ? error : this.#unreachable();
    });
    if (token !== this.#token) throw replaced();
    if (response.status === 304) return null;
    if (response.ok) return response;
    const body = await response.json().catch(() => ({}));
    if (response.status >= 500) this.#forgetSeen(); // so that the next look asks for everything again
    throw response.status === 401 ? this.#refused(token, body.error?.code) : refusalOf(response.status, body);
  }

  #unreachable(): Refusal {
    this.#forgetSeen();
    return new Refusal({ where: "server", code: "unreachable", message: this.server.words.unreachable });
  }

  /** The error of a question whose token is missing or not accepted. The service asks the reader for one, so it needs no words there. */
  #refused(token: string | null, code = "missing_token"): Error {
    if (!SERVICE) {
      return new Refusal({ where: "server", code, message: this.server.words.refused });
    }
    if (token !== null) this.#close(true);
    return replaced();
  }
}

/** What a question rejects with whose answer nobody waits for any more. */
const replaced = () => new DOMException("Another token is used.", "AbortError");

/** The body of an answer that is an error. */
interface ErrorBody {
  error?: { code: string; message: string };
  detail?: { msg: string }[];
}

function refusalOf(status: number, { error, detail }: ErrorBody): Refusal {
  const outOfRange = status === 422 && detail?.some(({ msg }) => msg.includes("steps"));
  const message = error?.message ?? detail?.[0]?.msg ?? `The status is ${status}.`;
  return new Refusal({
    where: "server",
    code: outOfRange ? "out_of_range" : (error?.code ?? `status_${status}`),
    message,
  });
}
