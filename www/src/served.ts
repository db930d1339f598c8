/**
 * The page as `usage-by-agent serve` serves it: the report comes from the endpoints of the page's own origin, and there are no files
 * to choose. The token is in the address that the command prints. It is kept in memory only.
 */
import type { AgentUsageResponse } from "usage-by-agent";
import { byId } from "./dom.js";
import { Engine } from "./engine.js";
import type { Failure, Question } from "./protocol.js";

declare global {
  /** Whether this is the page that is in the npm package. The build sets it. */
  const SERVED: boolean;
}

/** The time after which the report is asked for again, in milliseconds. */
const PAUSE_MS = 5000;

const DAY_MS = 86_400_000;

/** The token of the address, which is removed from the address. */
function takeToken(): string | null {
  const parts = new URLSearchParams(location.hash.slice(1));
  const token = parts.get("token");
  parts.delete("token");
  if (token !== null) history.replaceState(null, "", `#${parts}`);
  return token;
}

const token = SERVED ? takeToken() : null;

if (SERVED) {
  // The address of a server that was started again is opened in the same tab.
  addEventListener("hashchange", (event) => {
    if (!new URLSearchParams(location.hash.slice(1)).has("token")) return;
    event.stopImmediatePropagation();
    location.reload();
  });
}

/** Hides the controls that have no effect on served counts. */
export function hideFiles(): void {
  byId("about", HTMLElement).textContent =
    "Messages, completed calls and call seconds per AgentPhone agent, for a calendar week, month or year in any time " +
    "zone. Counted on this machine by usage-by-agent serve.";
  const all = [byId("drop", HTMLElement).closest("fieldset"), byId("date", HTMLElement).closest<HTMLElement>(".field")];
  for (const element of [...all, byId("week-start-field", HTMLElement), byId("options", HTMLElement)])
    element?.style.setProperty("display", "none");
}

/** Asks the endpoints. The worker still knows the calendar. */
export class ServedEngine extends Engine {
  #question: Question | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #tag = "";
  #asking = new AbortController();

  override start(): Worker {
    this.#timer ??= setInterval(() => {
      if (!document.hidden && this.#question !== undefined) void this.#fetch(this.#question);
    }, PAUSE_MS);
    return super.start();
  }

  override ask(question: Question): void {
    this.#question = question;
    this.#tag = "";
    void this.#fetch(question);
  }

  override cancel(): void {
    this.#asking.abort();
    this.#question = undefined;
    super.cancel();
  }

  /** Asks for the report. An equal one is not shown again. */
  async #fetch(question: Question): Promise<void> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    try {
      const response = await this.#send(question, signal);
      if (response.status === 304) return;
      const body = await response.json();
      if (signal.aborted) return;
      if (!response.ok) throw new Refused(response.status, body);
      this.#tag = response.headers.get("etag") ?? "";
      this.#show(question, body);
    } catch (error) {
      if (signal.aborted) return;
      this.#tag = "";
      this.onAnswer({ kind: "failed", id: 0, failure: failureOf(error) });
    }
  }

  #send({ period, tz, offset }: Question, signal: AbortSignal): Promise<Response> {
    if (token === null) throw new Refused(401, {});
    const url = new URL("v1/usage/by-agent", document.baseURI);
    url.search = String(new URLSearchParams({ period, tz, offset: String(offset) }));
    const headers = { authorization: `Bearer ${token}`, ...(this.#tag && { "if-none-match": this.#tag }) };
    return fetch(url, { headers, signal, cache: "no-store" });
  }

  #show(question: Question, report: AgentUsageResponse): void {
    // The server decides what the current time is, and on which day weeks start.
    const start = Date.parse(report.periodStart);
    const weekday = { weekday: "long", timeZone: question.tz } as const;
    const weekStart = new Intl.DateTimeFormat("en", weekday).format(start + DAY_MS / 2).toLowerCase();
    const date = new Date(start + 3 * DAY_MS).toISOString().slice(0, 10);
    super.ask({ ...question, date, offset: 0, weekStart: weekStart as Question["weekStart"] }, null, null);
    this.onAnswer({ kind: "report", id: 0, result: { report, diagnostics: null } });
  }
}

/** An answer that is not a report. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: { error?: { code: string; message: string }; detail?: { msg: string }[] },
  ) {
    super(body.error?.message ?? body.detail?.[0]?.msg ?? `The status is ${status}.`);
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Refused)) {
    const message =
      "The server does not answer. Start usage-by-agent serve again, and open the address that it prints.";
    return { where: "server", code: "unreachable", message };
  }
  const { status, body, message } = error;
  if (status !== 401) return { where: "server", code: body.error?.code ?? `status_${status}`, message };
  const advice =
    "Open the address that usage-by-agent serve printed. It contains the token, which this page does not keep.";
  return { where: "server", code: body.error?.code ?? "missing_token", message: advice };
}
