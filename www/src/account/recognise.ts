/** Finds out what a file is that somebody gave, before it is counted. It runs in the worker. */
import { type Endpoint, type Look, type LookKind, lookOf } from "usage-by-agent";
import { joined, Run, Text } from "../worker/text.js";

/** What a file is: an answer of the vendor's usage endpoints, which an audit takes; or a source of records, names or saved counts. */
export type Recognised = { kind: "answer"; endpoint: Endpoint; body: string } | { kind: "source" };

const SOURCE: Recognised = { kind: "source" };

/** The longest answer, in bytes. One of 10,000 agents has 1.4 MB. */
const LONGEST_ANSWER = 8_000_000;

/** What is looked for in the beginning of a text, so that long files of records are not read to their end. */
const HEAD = 4096;
const MAY_BE_ANSWER = /^\s*\{.*"(?:messages|calls|periodStart|stats|days|months)"\s*:/s;

const ENDPOINTS: readonly LookKind[] = ["by-agent", "usage", "daily", "monthly", "by-number"] satisfies Endpoint[];

/** What a file is, by its content alone. A file that can't be read is left to the counting, which says why. */
export async function recognise(file: Blob): Promise<Recognised> {
  const text = new Text(file, new Run(() => {}));
  try {
    const { head, isWhole } = await text.head(HEAD);
    if (!MAY_BE_ANSWER.test(new TextDecoder().decode(head.subarray(0, HEAD)))) return SOURCE;
    if (isWhole) return ofText(head);
    const rest = await text.head(LONGEST_ANSWER);
    return rest.isWhole ? ofText(joined([head, rest.head])) : SOURCE;
  } catch {
    return SOURCE; // the counting says what is wrong with the file
  } finally {
    text.close();
  }
}

function ofText(text: Uint8Array): Recognised {
  const body = new TextDecoder().decode(text);
  const kind = lookOf(body)?.kind;
  return isEndpoint(kind) ? { kind: "answer", endpoint: kind, body } : SOURCE;
}

function isEndpoint(kind: LookKind | undefined): kind is Endpoint {
  return kind !== undefined && ENDPOINTS.includes(kind);
}

/** What a text is that can't be used, by its beginning: of several values the first tells. */
export function lookIn(head: Uint8Array): Look | undefined {
  const end = head.indexOf(0x0a);
  return lookOf(head) ?? (end < 0 ? undefined : lookOf(head.subarray(0, end)));
}
