/** Shows what an audit has found: the verdict first, then why, then each agent. The words are the package's. */
import type { Part } from "usage-by-agent/audit";
import { appendInBatches, make, untrusted } from "../dom.js";
import { sentence } from "../format.js";
import type { AuditFound, Section } from "./request.js";

interface FoundOptions {
  onZone(tz: string): void;
  save(markdown: string): void;
}

type Audited = Extract<AuditFound, { kind: "audit" }>;

export function renderFound(found: AuditFound, options: FoundOptions): HTMLElement {
  return found.kind === "audit" ? renderAudit(found, options) : renderCheck(found);
}

/** The order of the sections in the page. What explains comes before what lists. */
const ORDER = ["", "Why", "What is wrong with the answer itself", "By agent"];

const placeOf = ({ heading }: Section) => (ORDER.includes(heading) ? ORDER.indexOf(heading) : ORDER.length);

function renderAudit(
  { isRight, title, verdict, sections, otherZone, letter }: Audited,
  options: FoundOptions,
): HTMLElement {
  const sorted = [...sections].sort((a, b) => placeOf(a) - placeOf(b));
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, isRight ? "✓" : "✗");
  return make(
    "div",
    { class: "audit-parts" },
    make("p", { class: `verdict ${isRight ? "holds" : "fails"}` }, mark, make("strong", {}, untrusted(verdict, 400))),
    make("p", { class: "hint" }, untrusted(title, 200)),
    ...(otherZone === null ? [] : [zoneButton(otherZone, options)]),
    ...sorted.map(renderSection),
    letterButtons(letter, options),
  );
}

function zoneButton(tz: string, { onZone }: FoundOptions): HTMLElement {
  const button = make(
    "button",
    { type: "button", class: "button" },
    "Compare in ",
    untrusted(tz.replaceAll("_", " "), 60),
  );
  button.onclick = () => onZone(tz);
  return make("div", { class: "actions" }, button);
}

/** How the audit was done interests few, and stays closed. */
function renderSection({ heading, parts }: Section): HTMLElement {
  const body = parts.map(renderPart);
  if (heading === "") return make("section", {}, ...body);
  if (heading !== "How this was done") return make("section", {}, make("h3", {}, heading), ...body);
  return make("details", {}, make("summary", {}, heading), ...body);
}

function renderPart(part: Part): HTMLElement {
  switch (part.kind) {
    case "heading":
      return make("h3", {}, part.text);
    case "text":
      return make("p", {}, untrusted(part.text, 2000));
    case "code":
      return make("pre", {}, part.text);
    case "list":
      return make("ul", {}, ...part.items.map((item) => make("li", {}, untrusted(item, 2000))));
    case "table":
      return renderTable(part);
  }
}

function renderTable({ columns, rows }: Extract<Part, { kind: "table" }>): HTMLElement {
  const classOf = (index: number) => (columns[index]?.isNumber === true ? "number" : "");
  const head = columns.map(({ title }, index) =>
    title === "" ? make("td", {}) : make("th", { scope: "col", class: classOf(index) }, title),
  );
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  const row = ([first = "", ...cells]: readonly string[]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, untrusted(first)),
      ...cells.map((cell, index) => make("td", { class: classOf(index + 1) }, untrusted(cell))),
    );
  appendInBatches(body, rows, row, more);
  return make(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-label": columns[0]?.title || "AgentPhone and the records" },
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), body),
    more,
  );
}

function letterButtons(letter: string, { save }: FoundOptions): HTMLElement {
  const said = make("span", { class: "hint", role: "status" });
  const copy = make("button", { type: "button", class: "button" }, "Copy the letter");
  copy.onclick = async () => {
    try {
      await navigator.clipboard.writeText(letter);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "The browser did not allow it. Save the letter instead.";
    }
  };
  const button = make("button", { type: "button", class: "button" }, "Save the letter");
  button.onclick = () => save(letter);
  return make(
    "div",
    {},
    make(
      "p",
      { class: "hint" },
      "A letter to AgentPhone, in Markdown, with both sides, the causes and the answer as it came:",
    ),
    make("div", { class: "actions" }, copy, button, said),
  );
}

/** An answer of another endpoint is checked, because only the report by agent can be compared. */
function renderCheck({ title, problems }: Extract<AuditFound, { kind: "check" }>): HTMLElement {
  const faults = problems.filter(({ isError }) => isError);
  const verdict =
    faults.length === 0
      ? "This answer is as AgentPhone documents it."
      : "This answer is not as AgentPhone documents it.";
  return make(
    "div",
    { class: "audit-parts" },
    make("p", { class: `verdict ${faults.length === 0 ? "holds" : "fails"}` }, make("strong", {}, verdict)),
    make(
      "p",
      {},
      `It is an answer of ${title}. It was checked, and not compared with the records: drop an answer of GET /v1/usage/by-agent for that.`,
    ),
    ...(problems.length === 0
      ? []
      : [
          make(
            "ul",
            {},
            ...problems
              .slice(0, 100)
              .map(({ path, message }) =>
                make("li", {}, untrusted(path === "" ? sentence(message) : `${path}: ${message}`, 600)),
              ),
          ),
        ]),
  );
}
