/** Audits an answer, in the worker. */
import { type Endpoint, lookOf, periodBounds, type UsageQuery, UsageRollup, validateResponse } from "usage-by-agent";
import {
  audit,
  findingsOf,
  isRight,
  letterOf,
  type Part,
  partsOf,
  periodOf,
  readAnswer,
  titleOf,
  verdictOf,
} from "usage-by-agent/audit";
import { type Agent, listedIn } from "../worker/directory.js";
import { joined, Run, Text } from "../worker/text.js";
import type { AuditFound, AuditRequest, Section } from "./request.js";

/** The longest text of records that is kept to count it with each likely mistake, in bytes. */
const MOST_BYTES = 256 * 1024 * 1024;

const ENDPOINTS: readonly string[] = ["usage", "daily", "monthly", "by-number"];

/**
 * Audits an answer of `GET /v1/usage/by-agent`, or checks one of another endpoint.
 *
 * @throws {UsageError} `upstream_invalid` if it is no answer; the message says what it is
 */
export async function computeAudit(request: AuditRequest): Promise<AuditFound> {
  const look = lookOf(request.body);
  if (look !== undefined && ENDPOINTS.includes(look.kind)) return check(look.kind as Endpoint, request.body);
  const answer = readAnswer(request.body);
  const { tz, weekStart, reading } = request;
  const agents = await agentsIn(request.agents);
  const query = { tz, weekStart, agents, ...reading, ...periodOf(answer) } as UsageQuery;
  const found = await withRecords(request, (evidence) => audit(answer, { ...evidence, query }));
  const { findings } = findingsOf(found.result);
  return {
    kind: "audit",
    isRight: isRight(found),
    title: titleOf(found),
    verdict: verdictOf(found),
    sections: sectionsOf(partsOf(found)),
    otherZone: findings.find((finding) => finding.tz !== undefined)?.tz ?? null,
    letter: letterOf(found),
    period: found.bounds.period,
    date: periodBounds({ ...query, boundsAs: "wall-clock" }).periodStart.slice(0, 10),
  };
}

function check(endpoint: Endpoint, body: string): AuditFound {
  const checked = validateResponse(endpoint, body);
  const problems = checked.ok ? checked.warnings : checked.problems;
  return {
    kind: "check",
    title: `GET /v1/usage${endpoint === "usage" ? "" : `/${endpoint}`}`,
    problems: problems.map(({ path, message, severity }) => ({ path, message, isError: severity === "error" })),
  };
}

type Evidence = { records: Uint8Array } | { rollup: UsageRollup };

/** Calls a function with the records, or with a rollup of those that can't be counted again. */
async function withRecords<T>(
  { records, snapshots, reading }: AuditRequest,
  use: (evidence: Evidence) => T,
): Promise<T> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let rollup = snapshots.length > 0 ? new UsageRollup({ ...reading }) : null;
  for (const blob of records) {
    let isFirst = true;
    for await (const chunk of chunksOf(blob)) {
      const part = isFirst ? withoutMark(chunk) : chunk.slice();
      isFirst = false;
      length += part.length;
      if (rollup === null && length > MOST_BYTES) {
        rollup = new UsageRollup({ ...reading });
        for (const kept of chunks.splice(0)) rollup.pushBytes(kept);
      }
      if (rollup === null) chunks.push(part);
      else rollup.pushBytes(part);
    }
    // A line feed ends each file, because several files are one text.
    if (rollup === null) chunks.push(Uint8Array.of(0x0a));
    else rollup.finish();
  }
  if (rollup === null) return use({ records: joined(chunks) });
  try {
    for (const blob of snapshots) rollup.merge(new Uint8Array(await blob.arrayBuffer()));
    return use({ rollup });
  } finally {
    rollup.free();
  }
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const text = new Text(blob, new Run(() => {}));
  for (let chunk = await text.next(); chunk !== undefined; chunk = await text.next()) yield chunk;
}

/** A byte order mark may be at the beginning of a text, and not in the middle. */
function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk.slice([0xef, 0xbb, 0xbf].every((byte, at) => chunk[at] === byte) ? 3 : 0);
}

async function agentsIn(blobs: readonly Blob[]): Promise<Agent[]> {
  const agents = new Map<string, string>();
  for (const blob of blobs) {
    const { head: text } = await new Text(blob, new Run(() => {})).head(Number.POSITIVE_INFINITY);
    const listed = listedIn(text);
    if (listed?.kind === "agents") for (const { id, name } of listed.items) agents.set(id, name);
  }
  return Array.from(agents, ([id, name]) => ({ id, name }));
}

/** The document in sections. The verdict, which comes first, is apart. */
function sectionsOf([, ...parts]: readonly Part[]): Section[] {
  const sections: Section[] = [{ heading: "", parts: [] }];
  for (const part of parts) {
    if (part.kind === "heading") sections.push({ heading: part.text, parts: [] });
    else sections.at(-1)?.parts.push(part);
  }
  return sections;
}
