// Says what an audit has found, to a person who reads a bill and does not know this package's words.

import type { Field, Reconciliation } from "../reconcile/types.js";
import type { Audit } from "./audit.js";
import { enumerated, sentenceOf } from "./causes.js";
import type { Part, TableColumn } from "./document.js";
import { findingsOf } from "./findings.js";
import { amount, callTime, dates, plural } from "./words.js";

const NAMES: Record<Field, string> = { messages: "messages", calls: "calls", totalSeconds: "call time" };

const FIELDS = Object.keys(NAMES) as Field[];

/** The title of an audit: `Audit of the month from 1 June 2025 to 30 June 2025, Europe/Paris`. */
export function titleOf({ query, bounds }: Audit): string {
  return `Audit of the ${query.period} from ${dates(bounds)}, ${query.tz}`;
}

/** The verdict of an audit in one or two sentences: whether the numbers agree, and whether every difference is explained. */
export function verdictOf({ result, problems }: Audit): string {
  const faults = problems.filter(({ severity }) => severity === "error").length;
  if (result.equal && faults === 0) return "AgentPhone's numbers and the records agree.";
  const but = faults > 0 ? `, but AgentPhone's answer has ${plural(faults, "fault")}` : "";
  if (result.equal) return `The numbers agree${but}.`;
  const differing = differingOf(result);
  if (differing.length === 0) return "The numbers agree, but the two periods differ.";
  const { unexplained } = result;
  const open = enumerated(unexplained.map((field) => NAMES[field]));
  const explained =
    unexplained.length === 0 ? "The records explain every difference." : `No certain cause explains the ${open}.`;
  return `AgentPhone's numbers and the records differ in ${enumerated(differing.map((field) => NAMES[field]))}. ${explained}`;
}

const differingOf = ({ agents }: Reconciliation) =>
  FIELDS.filter((field) => agents.some((row) => row[field].delta !== 0));

/** For whom the words are. */
export interface PartsOptions {
  /** Whether they are for AgentPhone, and not for the user, to whom they also say what to do. Default: `false`. */
  isLetter?: boolean;
}

/**
 * An audit in words, as the parts of a document: the verdict, both sides, the causes with what to do, and what could not be known.
 *
 * @example
 * ```ts
 * for (const part of partsOf(found)) if (part.kind === "text") console.log(part.text);
 * ```
 */
export function partsOf(audit: Audit, { isLetter = false }: PartsOptions = {}): Part[] {
  return [
    { kind: "text", text: verdictOf(audit) },
    ...totalsOf(audit),
    ...agentsOf(audit),
    ...faultsOf(audit),
    ...causesOf(audit, isLetter),
    ...idsOf(audit),
    ...unknownsOf(audit),
    ...methodOf(audit),
  ];
}

function totalsOf({ result: { totals } }: Audit): Part[] {
  const row = (who: string, side: "theirs" | "ours") => [
    who,
    ...FIELDS.map((field) => amount(totals[field][side])),
    callTime(totals.totalSeconds[side]),
  ];
  const columns: TableColumn[] = [
    { title: "" },
    ...["Messages", "Calls", "Seconds", "Call time"].map((title) => ({ title, isNumber: true })),
  ];
  return [{ kind: "table", columns, rows: [row("AgentPhone says", "theirs"), row("The records say", "ours")] }];
}

/** The most agents without a difference that are shown. */
const MAX_EQUAL = 10;

function agentsOf({ result }: Audit): Part[] {
  if (result.agents.length === 0) return [];
  const differing = result.agents.filter(({ equal }) => !equal);
  const equal = result.agents.filter((row) => row.equal);
  const cell = ({ ours, theirs, delta }: { ours: number; theirs: number; delta: number }) =>
    delta === 0 ? amount(theirs) : `${amount(theirs)} / ${amount(ours)}`;
  const rows = [...differing, ...equal.slice(0, MAX_EQUAL)].map(
    ({ agentName, agentId, messages, calls, totalSeconds }) => [
      agentName,
      agentId ?? "",
      cell(messages),
      cell(calls),
      cell(totalSeconds),
    ],
  );
  const columns = [
    { title: "Agent", mayBeCut: true },
    { title: "Agent id", mayBeCut: true },
    ...["Messages", "Calls", "Seconds"].map((title) => ({ title, isNumber: true })),
  ];
  const hidden = equal.length - Math.min(equal.length, MAX_EQUAL);
  const more: Part[] =
    hidden > 0 ? [{ kind: "text", text: `${plural(hidden, "more agent")} without a difference.` }] : [];
  const legend: Part[] =
    differing.length > 0
      ? [{ kind: "text", text: "Where they differ: AgentPhone's number / that of the records." }]
      : [];
  return [{ kind: "heading", text: "By agent" }, ...legend, { kind: "table", columns, rows }, ...more];
}

/** The most faults of an answer that are listed. */
const MAX_FAULTS = 20;

function faultsOf({ problems }: Audit): Part[] {
  const faults = problems.filter(({ severity }) => severity === "error");
  if (faults.length === 0) return [];
  const items = faults.slice(0, MAX_FAULTS).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (faults.length > MAX_FAULTS) items.push(`and ${plural(faults.length - MAX_FAULTS, "more fault")}`);
  return [
    { kind: "heading", text: "What is wrong with the answer itself" },
    { kind: "list", items },
  ];
}

const CERTAINTY = { shown: "Certain", possible: "Possible" };

function causesOf({ result }: Audit, isLetter: boolean): Part[] {
  const { findings, alternatives } = findingsOf(result);
  if (findings.length === 0 && result.unexplained.length === 0) return [];
  const items = findings.map(({ certainty, what, todo, columns }) => {
    const of = columns.length > 0 ? `, changes ${enumerated(columns.map((field) => NAMES[field]))}` : "";
    return `${CERTAINTY[certainty]}${of}: ${what}.${isLetter ? "" : ` ${todo}`}`;
  });
  items.push(...alternatives.map((cause) => `Fits as well: ${sentenceOf(cause)}.`));
  const parts: Part[] = [{ kind: "heading", text: "Why" }];
  if (items.length > 0) parts.push({ kind: "list", items });
  if (result.causes.some(({ fields }) => FIELDS.some((field) => fields.includes(field)))) parts.push(LEGEND);
  const open = enumerated(result.unexplained.map((field) => NAMES[field]));
  if (open !== "") parts.push({ kind: "text", text: `${UNEXPLAINED[0]} ${open}. ${UNEXPLAINED[1]}` });
  return parts;
}

const LEGEND: Part = {
  kind: "text",
  text: "Certain: counted this way, the records give AgentPhone's number for every agent. Possible: it fits, but it may be a coincidence.",
};

const UNEXPLAINED = [
  "No certain cause was found for the",
  "Records may be missing on one side, or AgentPhone counts in a way that this audit does not know.",
];

function idsOf({ ids }: Audit): Part[] {
  if (ids.length === 0) return [];
  const items = ids.map(({ what, ids, more }) => `${what}: ${ids.join(", ")}${more > 0 ? ` and ${more} more` : ""}`);
  return [
    { kind: "heading", text: "Records to look at" },
    { kind: "list", items },
  ];
}

function unknownsOf({ completeness, grown, diagnostics, isShort, result, answer }: Audit): Part[] {
  const items: string[] = [];
  for (const { message, path, code } of completeness?.shortfalls ?? []) {
    if (code !== "gone") items.push(`AgentPhone did not list everything: ${message} (${path})`);
  }
  if (completeness !== null && !completeness.complete && items.length === 0) {
    items.push("Not every list of AgentPhone was read to its end, so the count of the records may be too low.");
  }
  const { callsNotFinal = 0, arrivedMeanwhile = 0 } = completeness?.notes ?? {};
  if (callsNotFinal > 0) items.push(`${plural(callsNotFinal, "call")} had not ended yet when the calls were listed.`);
  if (arrivedMeanwhile > 0) items.push(`${plural(arrivedMeanwhile, "record")} arrived while the lists were read.`);
  const growth = grown === null ? [] : FIELDS.filter((field) => grown[field] !== 0);
  if (grown !== null && growth.length > 0) {
    const much = enumerated(
      growth.map((field) =>
        field === "totalSeconds" ? callTime(grown[field]) : plural(grown[field], field.slice(0, -1)),
      ),
    );
    items.push(`AgentPhone's own numbers changed by ${much} during this audit.`);
  }
  if (diagnostics.invalid > 0) {
    const first = diagnostics.problems.find(({ severity }) => severity === "error")?.message;
    items.push(
      `${plural(diagnostics.invalid, "record")} could not be read${first === undefined ? "." : `: ${first}.`}`,
    );
  }
  if (diagnostics.withoutId > 0) {
    items.push(`${plural(diagnostics.withoutId, "record")} without an id may be counted twice.`);
  }
  if (isShort) {
    items.push("The records were not counted again with each likely mistake, so fewer causes can be found.");
  }
  if (answer.request === null && !result.equal) {
    items.push("The answer's time is not known here. What came after it is counted here, and not in the answer.");
  }
  if (items.length === 0) return [];
  return [
    { kind: "heading", text: "What could not be known" },
    { kind: "list", items },
  ];
}

function methodOf({ query, bounds, answer, completeness, diagnostics, versions }: Audit): Part[] {
  const { request } = answer;
  const items = [
    `The period is from ${bounds.periodStart} to ${bounds.periodEnd} (UTC), the ${query.period} of ${query.tz}.`,
    request === null
      ? "AgentPhone's answer was kept, without the time of its request."
      : `AgentPhone answered at ${request.answeredAt}: GET ${request.url}${request.requestId === null ? "" : `, request id ${request.requestId}`}`,
    completeness === null
      ? `The records are your own: ${amount(diagnostics.records)} records, ${amount(diagnostics.counted)} of which count in the period.`
      : `The records are AgentPhone's own lists of calls and messages: ${amount(diagnostics.records)} records, ${amount(diagnostics.counted)} of which count in the period.`,
    "A message counts when it was received, and a completed call when it started, with its whole seconds. Both directions of messages count.",
    `usage-by-agent ${versions.package}, tz database ${versions.tzdb}.`,
  ];
  return [
    { kind: "heading", text: "How this was done" },
    { kind: "list", items },
  ];
}
