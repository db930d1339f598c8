/** Collects an account's records with a token, through the server that the page came from. */
import { movedDate } from "../../../pkg/src/local-dates.js";
import { wordsOf as wordsOfFailure } from "../account/words.js";
import { make, untrusted } from "../dom.js";
import { plural } from "../format.js";
import type { Chosen, LocalUsage } from "../usage/local.js";
import type { Collected, CollectionProgress } from "../usage/messages.js";
import { failureOf } from "../usage/usage.js";
import { datesInWords } from "../views/step-words.js";
import { zoneInWords } from "../views/window-words.js";
import { dialog } from "./dialog.js";

/** The days that are proposed, both included, and their zone. */
export interface Days {
  first: string;
  last: string;
  tz: string;
}

export interface CollectConnection {
  proposed(): Promise<Days>;
  onGiven(files: Chosen[]): void;
  /** Says how the collection went, where the user sees it when the dialog is closed. */
  say(words: string): void;
}

export class CollectDialog {
  readonly #token = make("input", {
    type: "password",
    id: "collect-token",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
  });
  readonly #first = make("input", { type: "date", id: "collect-first", min: "1970-01-01", max: "2099-12-31" });
  readonly #last = make("input", { type: "date", id: "collect-last", min: "1970-01-01", max: "2099-12-31" });
  readonly #zone = make("span", {});
  readonly #begin = make("button", { type: "button", class: "button primary" }, "Collect");
  readonly #goOn = make("button", { type: "button", class: "button primary" }, "Go on");
  readonly #stop = make("button", { type: "button", class: "button" }, "Stop");
  readonly #use = make("button", { type: "button", class: "button" }, "Count what has come");
  readonly #said = make("div", { class: "collect-said", role: "status" });
  readonly #form = make("div", { class: "collect-form" });
  readonly #elsewhere = make("div", { class: "collect-form" });
  readonly #element: HTMLDialogElement;
  #tz = "UTC";
  #isCollecting = false;
  /** What has come of a collection that was ended before its end, and its window. */
  #partial: { days: Days; collected: Collected } | null = null;

  constructor(
    readonly usage: LocalUsage,
    readonly connection: CollectConnection,
  ) {
    const field = (text: string, input: HTMLElement) =>
      make("div", { class: "field" }, make("label", { for: input.id }, text), input);
    this.#form.append(
      make(
        "p",
        { class: "hint" },
        `Your API key is sent to ${location.host} alone, which passes the requests on to AgentPhone. It stays in memory, and is in no address and no storage.`,
      ),
      field("API key", this.#token),
      make("div", { class: "collect-days" }, field("First day", this.#first), field("Last day", this.#last)),
      make("p", { class: "hint" }, "Days of ", this.#zone),
      this.#said,
      make("div", { class: "actions" }, this.#begin, this.#goOn, this.#stop, this.#use),
    );
    this.#element = dialog("Collect from AgentPhone", this.#form, this.#elsewhere);
    this.#begin.onclick = () => void this.#collect(null);
    this.#goOn.onclick = () => void this.#collect(this.#partial);
    this.#stop.onclick = () => this.usage.stopCollecting();
    this.#use.onclick = () => this.#give();
    this.#token.onkeydown = ({ key }) => {
      if (key === "Enter" && !this.#isCollecting) void this.#collect(this.#partial);
    };
    for (const input of [this.#first, this.#last]) input.oninput = () => this.#forgetPartial();
    this.#draw();
  }

  async open(): Promise<void> {
    if (!this.#isCollecting && this.#partial === null) {
      const { first, last, tz } = await this.connection.proposed();
      this.#first.value = first;
      this.#last.value = last;
      this.#tz = tz;
      this.#zone.textContent = zoneInWords(tz);
    }
    this.#element.showModal();
    if (this.#isCollecting) return;
    const passes = await passesLists();
    this.#form.hidden = !passes;
    this.#elsewhere.hidden = passes;
    if (passes) this.#token.focus();
    else this.#showCommand();
  }

  /** What to do where the page's server does not pass lists on. */
  #showCommand(): void {
    const [first, to] = [this.#first.value, movedDate(this.#last.value, 1)];
    const command = `npx usage-by-agent collect --out records.ndjson --from ${first} --to ${to} --tz ${this.#tz}`;
    const copy = make("button", { type: "button", class: "button" }, "Copy the command");
    copy.onclick = () => {
      const copied = () => {
        copy.textContent = "Copied";
      };
      navigator.clipboard.writeText(command).then(copied, () => {});
    };
    this.#elsewhere.replaceChildren(
      make(
        "p",
        {},
        "A browser can’t ask AgentPhone itself, and the server of this page does not pass requests on. The command collects the same records on your machine, with your API key in the environment variable AGENTPHONE_API_KEY:",
      ),
      make("pre", { class: "command" }, command),
      make("p", {}, "Then drop records.ndjson on this page."),
      make("div", { class: "actions" }, copy),
    );
  }

  async #collect(before: { days: Days; collected: Collected } | null): Promise<void> {
    const token = this.#token.value.trim();
    const days = { first: this.#first.value, last: this.#last.value, tz: this.#tz };
    if (token === "") return this.#refuse("The API key is missing.", this.#token);
    if (days.first === "" || days.last < days.first) {
      return this.#refuse("The last day has to be a date that is not before the first one.", this.#last);
    }
    this.#isCollecting = true;
    this.#say("Asking…");
    this.#draw();
    this.#stop.focus();
    try {
      const until = movedDate(days.last, 1);
      const window = await this.usage.bounds({ tz: days.tz, from: days.first, to: until }, "collect");
      const { startMs, endMs } = window;
      const baseUrl = new URL(".", document.baseURI).href.replace(/\/$/, "");
      const asked = { token, window: { startMs, endMs }, baseUrl, before: before?.collected ?? null };
      const collected = await this.usage.collect(asked, (progress) => this.#say(wordsOf(progress)));
      this.#isCollecting = false;
      this.#partial = { days, collected };
      if (collected.failure === null) this.#give();
      else this.#showFailure(collected);
    } catch (error) {
      this.#isCollecting = false;
      this.#say(wordsOfFailure(failureOf(error)).text);
    }
    this.#draw();
    if (this.#element.open && !this.#isCollecting) (this.#partial === null ? this.#token : this.#goOn).focus();
  }

  #refuse(words: string, input: HTMLInputElement): void {
    this.#say(words);
    input.focus();
  }

  #showFailure({ failure, records }: Collected): void {
    const isStopped = failure === null || failure.code === "aborted";
    const words = isStopped ? null : wordsOfFailure(failure);
    this.#said.replaceChildren(
      make("p", {}, untrusted(words === null ? "Stopped." : `${words.title}. ${words.text} ${words.todo}`, 400)),
      ...(records.size > 0 ? [make("p", {}, "What has come so far can be counted, or the collection can go on.")] : []),
    );
  }

  /** Gives what was collected to be counted. */
  #give(): void {
    if (this.#partial === null) return;
    const { days, collected } = this.#partial;
    const { records, agents, numbers, isComplete, shortfalls, moreShortfalls } = collected;
    const name = `AgentPhone, ${datesInWords(days.first, days.last)}, ${zoneInWords(days.tz)}`;
    this.connection.onGiven([
      { name: isComplete ? name : `${name} (not complete)`, blob: records },
      ...(agents.length > 0 ? [{ name: "AgentPhone’s agents", blob: asJson(agents) }] : []),
      ...(numbers.length > 0 ? [{ name: "AgentPhone’s numbers", blob: asJson(numbers) }] : []),
    ]);
    const missing = [...shortfalls.slice(0, 5), ...(moreShortfalls + shortfalls.length > 5 ? ["and more"] : [])];
    const words = isComplete
      ? "The collection is complete: each list was read to its end."
      : `The collection is not complete, so counts may be too low${missing.length > 0 ? `: ${missing.join("; ")}` : ""}.`;
    this.connection.say(words);
    this.#partial = null;
    this.#token.value = "";
    this.#said.replaceChildren();
    this.#element.close();
    this.#draw();
  }

  #forgetPartial(): void {
    this.#partial = null;
    this.#draw();
  }

  #say(words: string): void {
    this.#said.replaceChildren(untrusted(words, 400));
  }

  #draw(): void {
    const canGoOn = this.#partial !== null && !this.#isCollecting;
    this.#begin.hidden = this.#isCollecting || canGoOn;
    this.#goOn.hidden = !canGoOn;
    this.#use.hidden = !canGoOn || this.#partial?.collected.records.size === 0;
    this.#stop.hidden = !this.#isCollecting;
    for (const input of [this.#token, this.#first, this.#last]) input.disabled = this.#isCollecting;
  }
}

/** Whether the page's server passes lists on: it then demands a token. No token is sent to find that out. */
async function passesLists(): Promise<boolean> {
  try {
    const response = await fetch(new URL("v1/agents?limit=1", document.baseURI), { cache: "no-store" });
    const body = response.status === 401 ? await response.json() : null;
    return body?.error?.code === "missing_token";
  } catch {
    return false;
  }
}

const asJson = (list: readonly object[]) => new Blob([JSON.stringify({ data: list })]);

const LISTS: Record<CollectionProgress["list"], string> = {
  agents: "Agents",
  numbers: "Numbers",
  conversations: "Conversations",
  messages: "Messages",
  calls: "Calls",
  messagesByNumber: "Messages by number",
};

function wordsOf({ list, listed, total, given, requests }: CollectionProgress): string {
  const of = total === null ? "" : ` of ${total.toLocaleString("en")}`;
  const records = plural(given, "record");
  return `${LISTS[list]}: ${listed.toLocaleString("en")}${of}. ${records} of these days, after ${plural(requests, "request")}.`;
}
