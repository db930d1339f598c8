import type { Diagnostics, Problem } from "usage-by-agent";
import { appendInBatches, make, untrusted } from "./dom.js";
import { count, plural } from "./format.js";
import { type Bucket, balances, buckets } from "./sums.js";
import { isAboutFile } from "./warnings-view.js";

/** The diagnostics, and rows that sum to their totals. */
export interface Account {
  report: { data: readonly Diagnostics["totals"][] };
  diagnostics: Diagnostics;
}

/** The account of every record. Zeros are shown too, so that the reader sees that there are none. */
export function renderDiagnostics({ report, diagnostics }: Account): HTMLElement {
  const all = buckets(diagnostics);
  const balanced = balances(report, diagnostics);
  const terms = all.map(({ name, count: value }) => `${count(value)} ${name.toLowerCase()}`).join(" + ");
  const { messages, calls, totalSeconds } = diagnostics.totals;
  const sums = [plural(messages, "message"), plural(calls, "call"), plural(totalSeconds, "second")];
  return make(
    "section",
    { class: "diagnostics", "aria-labelledby": "diagnostics-title" },
    make("h3", { id: "diagnostics-title" }, "Where every record went"),
    stack(all, diagnostics.records),
    bucketTable(all, diagnostics.records),
    make(
      "ul",
      { class: "checks" },
      check(balanced.records, "conservation", `${plural(diagnostics.records, "record")} = ${terms}`),
      check(balanced.rows, "row-sums", `The rows add up to ${sums.join(", ")}`),
    ),
    make(
      "p",
      { class: "hint", id: "caveats" },
      `Of the counted records, ${count(diagnostics.withoutId)} had no id to protect them from being counted twice, and ` +
        `${count(diagnostics.withoutDuration)} were calls of unknown duration, counted as 0 seconds.`,
    ),
    problemList(diagnostics.problems.filter((problem) => !isAboutFile(problem))),
  );
}

function stack(all: Bucket[], records: number): HTMLElement {
  const bar = make("div", { class: "stack", "aria-hidden": "true" });
  if (records > 0) {
    for (const { key, count: value } of all) {
      if (value === 0) continue;
      const part = make("span", { class: `of-${key}` });
      part.style.setProperty("flex-grow", String(value / records));
      bar.append(part);
    }
  }
  return bar;
}

function bucketTable(all: Bucket[], records: number): HTMLElement {
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  const rows: Node[] = [];
  for (const { key, name, count: value, why, parts } of all) {
    rows.push(
      make(
        "tr",
        { "data-bucket": key },
        make("th", { scope: "row" }, make("span", { class: `swatch of-${key}`, "aria-hidden": "true" }), name),
        make("td", { class: "number" }, count(value)),
        make("td", { class: "why" }, why),
      ),
    );
    for (const part of parts ?? []) {
      const nested = part.name.startsWith("Status: ") ? "part nested" : "part";
      rows.push(
        make(
          "tr",
          { class: nested },
          make("th", { scope: "row" }, untrusted(part.name, 80)),
          make("td", { class: "number" }, count(part.count)),
          make("td", { class: "why" }),
        ),
      );
    }
  }
  // A status may be any text, so the number of statuses is not limited.
  appendInBatches(body, rows, (row) => row, more);
  return make(
    "div",
    {},
    make(
      "table",
      { class: "buckets" },
      make("caption", { class: "unseen" }, "Records by what became of them"),
      body,
      make(
        "tfoot",
        {},
        make(
          "tr",
          {},
          make("th", { scope: "row" }, "Records"),
          make("td", { class: "number" }, count(records)),
          make("td", { class: "why" }),
        ),
      ),
    ),
    more,
  );
}

function check(holds: boolean, id: string, text: string): HTMLElement {
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, holds ? "✓" : "✗");
  return make(
    "li",
    { id, class: holds ? "holds" : "fails" },
    mark,
    make("span", {}, holds ? text : `Does not add up: ${text}`),
  );
}

/** A table of problems of records, for a report and for an error. */
export function problemList(problems: Problem[]): HTMLElement {
  if (problems.length === 0) return make("p", { class: "hint", id: "no-problems" }, "No record is invalid.");
  const body = make("tbody");
  const more = make("button", { type: "button", class: "button small more" });
  appendInBatches(body, problems, problemRow, more, 20);
  const heads = ["Line", "Byte", "Where", "Problem"];
  return make(
    "div",
    { class: "problems" },
    make("h4", {}, problems.length === 100 ? "The first 100 problems" : plural(problems.length, "problem")),
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
            ...heads.map((head, index) => make("th", { scope: "col", class: index < 2 ? "number" : "" }, head)),
          ),
        ),
        body,
      ),
    ),
    more,
  );
}

function problemRow({ path, code, message, severity, line, byteOffset }: Problem): HTMLElement {
  return make(
    "tr",
    { class: severity },
    make("td", { class: "number" }, line === undefined ? "" : count(line)),
    make("td", { class: "number" }, byteOffset === undefined ? "" : count(byteOffset)),
    make("td", {}, make("code", {}, untrusted(path))),
    make("td", {}, make("code", { class: "code" }, code), " ", untrusted(message, 400)),
  );
}
