/**
 * Usage over the endpoints of a server, `usage-by-agent serve`. The worker still knows the calendar. The token is in the address that
 * the command prints. It is kept in memory only.
 */
import type { AgentUsageResponse, Breakdown, Weekday } from "usage-by-agent";
import { LocalUsage } from "./local.js";
import {
  type About,
  type BreakdownQuestion,
  type CountState,
  type DaysQuestion,
  type Failure,
  isReplaced,
  type PeriodQuestion,
  Refusal,
  type ReportQuestion,
  type Span,
  type Usage,
  type WindowFacts,
} from "./usage.js";

/** The time after which the page asks whether the counts have changed, in milliseconds. */
const PAUSE_MS = 5000;

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

export class ServedUsage implements Usage {
  /** It answers what needs no counts. */
  readonly #calendar = new LocalUsage();
  readonly #asking = new Map<string, AbortController>();
  readonly #listeners: ((state: CountState) => void)[] = [];
  #state: CountState = { kind: "counting", sources: [], read: 0, total: null };
  #tag = "";
  #span: Span | null = null;

  constructor(readonly token: string | null) {
    void this.#look();
    setInterval(() => {
      if (!document.hidden) void this.#look();
    }, PAUSE_MS);
  }

  async about(): Promise<ServedAbout> {
    const about = await this.#calendar.about();
    return { ...about, weekStart: await this.#weekStart().catch(() => null) };
  }

  async breakdown(query: BreakdownQuestion, place = "breakdown"): Promise<Breakdown> {
    const { onlyAgent, by = [], step, tz, weekStart } = query;
    const window = await this.#windowOf(query, place);
    const parameters = { by: by.join(","), step, tz, week_start: weekStart, ...window };
    const body = await this.#json<Breakdown>("breakdown", parameters, `breakdown ${place}`);
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
      this.#json<AgentUsageResponse>("by-agent", { period, tz, offset: back }, `report ${place}`);
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

  /** Looks whether the counts have changed. */
  async #look(): Promise<void> {
    try {
      const response = await this.#fetch("breakdown", {}, this.#tag, "state");
      if (response === null) return;
      const { startMs, endMs } = (await response.json()) as Breakdown;
      this.#tag = response.headers.get("etag") ?? "";
      this.#span = startMs === endMs ? null : { startMs, endMs };
      this.#show({ kind: "counted", sources: [], diagnostics: null, span: this.#span, milliseconds: 0 });
    } catch (error) {
      if (isReplaced(error)) return;
      this.#tag = "";
      const failure = error instanceof Refusal ? error.failure : UNREACHABLE;
      this.#show({ kind: "failed", sources: [], failure });
    }
  }

  #show(state: CountState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state) && state.kind === "failed") return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  async #weekStart(): Promise<Weekday> {
    const { periodStart } = await this.#json<AgentUsageResponse>("by-agent", { period: "week", tz: "UTC" }, "about");
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
    if (this.token === null) throw refusalOf(401, {});
    this.#asking.get(place)?.abort();
    const asking = new AbortController();
    this.#asking.set(place, asking);
    const given = Object.entries(parameters).filter(
      ([, value]) => value !== undefined && value !== null && value !== "",
    );
    const url = new URL(`v1/usage/${endpoint}`, document.baseURI);
    url.search = String(new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
    const headers = { authorization: `Bearer ${this.token}`, ...(tag !== "" && { "if-none-match": tag }) };
    const response = await fetch(url, { headers, signal: asking.signal, cache: "no-store" }).catch((error: unknown) => {
      throw isReplaced(error) ? error : new Refusal(UNREACHABLE);
    });
    if (response.status === 304) return null;
    if (!response.ok) throw refusalOf(response.status, await response.json().catch(() => ({})));
    return response;
  }
}

const UNREACHABLE: Failure = {
  where: "server",
  code: "unreachable",
  message: "The server does not answer. Start usage-by-agent serve again, and open the address that it prints.",
};

/** The body of an answer that is an error. */
interface ErrorBody {
  error?: { code: string; message: string };
  detail?: { msg: string }[];
}

function refusalOf(status: number, { error, detail }: ErrorBody): Refusal {
  if (status === 401) {
    const advice =
      "Open the address that usage-by-agent serve printed. It contains the token, which this page does not keep.";
    return new Refusal({ where: "server", code: error?.code ?? "missing_token", message: advice });
  }
  const outOfRange = status === 422 && detail?.some(({ msg }) => msg.includes("steps"));
  const message = error?.message ?? detail?.[0]?.msg ?? `The status is ${status}.`;
  return new Refusal({
    where: "server",
    code: outOfRange ? "out_of_range" : (error?.code ?? `status_${status}`),
    message,
  });
}
