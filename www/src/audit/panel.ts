/** The audit in the page: the vendor's answer comes in, and what an audit finds is shown. */
import { wordsOf } from "../account/words.js";
import { make, untrusted } from "../dom.js";
import { sentence } from "../format.js";
import type { LocalUsage } from "../usage/local.js";
import { type CountState, type Failure, failureOf, isReplaced } from "../usage/usage.js";
import { download } from "../views/export/files.js";
import { renderFound } from "./found.js";
import type { AuditFound } from "./request.js";

/** What the page around the panel is asked to show. */
export interface AuditConnection {
  /** The period of the answer. The zone stays that of the view, so that an answer of another zone is found out. */
  onPeriod(period: "week" | "month" | "year", date: string): void;
  onZone(tz: string): void;
}

export interface AuditPanel {
  /** Audits an answer, with the records that are counted. */
  open(name: string, body: string): void;
  /** The zone and the first day of the week of the view. A change of them audits again. */
  show(asked: { tz: string; weekStart: string }): void;
  /** Offers the answer of the sample while the sample is shown. */
  offerSample(fetchAnswer: (() => Promise<string>) | null): void;
}

const WHAT =
  "Drop or paste what AgentPhone answered to GET /v1/usage/by-agent. It is compared with these records, and each difference is explained.";

const SAMPLE = "the sample’s answer";

/** Makes the panel in an element of the page. */
export function mountAudit(parent: HTMLElement, usage: LocalUsage, { onPeriod, onZone }: AuditConnection): AuditPanel {
  let answer: { name: string; body: string } | null = null;
  let asked = { tz: "UTC", weekStart: "monday" };
  let state: CountState = { kind: "empty", sources: [] };
  /** What the last audit was of, so that nothing is audited twice. */
  let done = "";
  /** Whether the answer has just come in, so that the view moves to its period. */
  let isFresh = false;

  const input = make("input", { type: "file", accept: ".json,.gz,.txt,application/json" });
  const choose = make("label", { class: "button" }, input, make("span", {}, "Choose the answer"));
  const sample = make("button", { type: "button", class: "button" }, "Use the sample’s answer");
  const close = make("button", { type: "button", class: "button quiet" }, "Close the audit");
  const cancel = make("button", { type: "button", class: "button" }, "Cancel");
  const status = make("p", { role: "status", class: "hint" });
  const body = make("div", { class: "audit-found" });
  parent.append(
    make("h2", { id: "audit-title" }, "Is the bill right?"),
    make("p", { class: "hint" }, WHAT),
    make("div", { class: "actions" }, choose, sample, cancel, close),
    status,
    body,
  );
  parent.setAttribute("aria-labelledby", "audit-title");

  input.onchange = async () => {
    const [file] = input.files ?? [];
    input.value = "";
    if (file === undefined) return;
    const [found] = await usage.recognise([{ name: file.name, blob: file }]).catch(() => []);
    open(file.name, found?.kind === "answer" ? found.body : await file.text().catch(() => ""));
  };
  cancel.onclick = () => {
    usage.endAudit();
    running(false);
    status.textContent = "Cancelled.";
    input.focus();
  };
  close.onclick = () => {
    usage.endAudit();
    answer = null;
    show();
    input.focus();
  };
  usage.onChange((now) => {
    state = now;
    auditIfNew();
  });

  function open(name: string, text: string): void {
    answer = { name, body: text };
    done = "";
    isFresh = true;
    auditIfNew();
    parent.scrollIntoView({ block: "nearest" });
  }

  function auditIfNew(): void {
    if (answer === null || state.kind === "counting") return;
    if (state.kind !== "counted") {
      status.textContent = "Add the records of the period too: the answer is compared with them.";
      running(false);
      return;
    }
    const counted = state.sources.filter((source) => source.state === "counted").map(({ id }) => id);
    const key = JSON.stringify([answer, asked, counted]);
    if (key === done) return;
    done = key;
    void audit(answer.name, answer.body);
  }

  async function audit(name: string, text: string): Promise<void> {
    running(true);
    status.replaceChildren("Auditing ", untrusted(name, 80), ": the records are counted with each likely mistake…");
    try {
      const found = await usage.audit(text, asked);
      running(false);
      status.replaceChildren("Audited ", untrusted(name, 80), ".");
      show(found);
      if (found.kind === "audit" && isFresh) onPeriod(found.period, found.date);
      isFresh = false;
    } catch (error) {
      if (isReplaced(error)) return;
      running(false);
      status.textContent = "";
      body.replaceChildren(refusal(name, failureOf(error)));
    }
  }

  function running(isRunning: boolean): void {
    cancel.hidden = !isRunning;
    close.hidden = isRunning || answer === null;
    parent.setAttribute("aria-busy", String(isRunning));
  }

  function show(found?: AuditFound): void {
    running(false);
    if (found === undefined) {
      status.textContent = "";
      body.replaceChildren();
      return;
    }
    body.replaceChildren(renderFound(found, { onZone, save: (text) => download("audit.md", text, "text/markdown") }));
  }

  sample.hidden = true;
  show();
  return {
    open,
    offerSample(fetchAnswer) {
      sample.hidden = fetchAnswer === null;
      // The sample's answer says nothing about other records.
      if (fetchAnswer === null && answer?.name === SAMPLE) close.click();
      sample.onclick = async () => {
        const text = await fetchAnswer?.().catch(() => null);
        if (text == null) status.textContent = "The sample’s answer is not available.";
        else open(SAMPLE, text);
      };
    },
    show(now) {
      asked = { tz: now.tz, weekStart: now.weekStart };
      auditIfNew();
    },
  };
}

/** An answer that is none says what it is. Any other failure is one of the records, or of the browser. */
function refusal(name: string, failure: Failure): HTMLElement {
  const isOfAnswer = failure.code === "upstream_invalid";
  const text = isOfAnswer ? sentence(failure.message) : `${wordsOf(failure).text} ${wordsOf(failure).todo}`;
  return make(
    "div",
    { class: "failure", role: "alert" },
    make("h3", {}, untrusted(name, 80), " can’t be audited"),
    make("p", {}, untrusted(text, 600)),
    make(
      "p",
      {},
      "An answer comes from GET /v1/usage/by-agent with the API key, and is saved as it came: ",
      make("a", { href: "docs/auditing.html" }, "Auditing a bill"),
      " says how.",
    ),
  );
}
