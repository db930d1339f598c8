/** The problems of single records, with the file and the line of each. */
import type { Problem } from "usage-by-agent";
import { appendInBatches, make, untrusted } from "../dom.js";
import { count, plural } from "../format.js";

/** A problem, and the name of the source that has it; `""` where it is not known, or where there is one source. */
export interface Located {
  problem: Problem;
  source: string;
}

/** The package lists no more problems than these. */
const MOST = 100;

/** A problem's message without the options of the package, which are choices in the page. */
export function plainMessage(message: string): string {
  return message.replace(/, or the option naiveTimestamps: "utc"/, "");
}

/** Whether a time without an offset is the problem. Such times can be read as UTC. */
export function isNaive({ message }: Problem): boolean {
  return message.includes('naiveTimestamps: "utc"');
}

export function problemList(located: readonly Located[]): HTMLElement {
  const hasSources = located.some(({ source }) => source !== "");
  const heads = [...(hasSources ? ["File"] : []), "Line", "Byte", "Where", "Problem"];
  const isNumber = (head: string) => head === "Line" || head === "Byte";
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  appendInBatches(body, located, (one) => problemRow(one, hasSources), more, 20);
  const title = located.length >= MOST ? `The first ${MOST} problems` : plural(located.length, "problem");
  return make(
    "div",
    { class: "problems" },
    make("h4", {}, title),
    make(
      "div",
      { class: "scroll", role: "region", "aria-label": "Problems", tabindex: "0" },
      make(
        "table",
        {},
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...heads.map((head) => make("th", { scope: "col", class: isNumber(head) ? "number" : "" }, head)),
          ),
        ),
        body,
      ),
    ),
    more,
  );
}

function problemRow({ problem, source }: Located, hasSources: boolean): HTMLElement {
  const { path, message, severity, line, byteOffset } = problem;
  const number = (value: number | undefined) => (value === undefined ? "" : count(value));
  return make(
    "tr",
    { class: severity },
    ...(hasSources ? [make("td", { class: "file" }, untrusted(source, 60))] : []),
    make("td", { class: "number line" }, number(line)),
    make("td", { class: "number byte" }, number(byteOffset)),
    make("td", {}, make("code", {}, untrusted(path))),
    make("td", { class: "message" }, untrusted(plainMessage(message), 400)),
  );
}
