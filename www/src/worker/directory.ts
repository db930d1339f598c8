/** The names of agents and the phone numbers of the account, from answers of `GET /v1/agents` and `GET /v1/numbers`. */

/** More text than this is not a directory. An account of 20,000 agents has less. */
export const LONGEST_DIRECTORY = 64_000_000;

export interface Agent {
  id: string;
  name: string;
}

export interface PhoneNumber {
  id: string;
  phoneNumber: string;
}

/** What a text is, if it is a list of agents or of numbers. */
export type Listed = { kind: "agents"; items: Agent[] } | { kind: "numbers"; items: PhoneNumber[] };

/** The fields that records and conversations have, and agents and numbers do not. */
const OF_RECORDS = [
  "event",
  "receivedAt",
  "received_at",
  "startedAt",
  "started_at",
  "messages",
  "calls",
  "participant",
];

/**
 * Reads a text as pages or arrays of agents or of numbers, also several one after the other.
 *
 * @returns `null` if the text is anything else, or names nothing
 */
export function listedIn(text: Uint8Array): Listed | null {
  const items: unknown[] = [];
  for (const value of valuesOf(new TextDecoder().decode(text))) {
    const list = listOf(value);
    if (list === null) return null;
    items.push(...list);
  }
  if (items.length === 0) return null;
  if (items.every(isNumber)) {
    return { kind: "numbers", items: items.map(({ id, phoneNumber }) => ({ id, phoneNumber })) };
  }
  if (items.every(isAgent)) return { kind: "agents", items: items.map(({ id, name }) => ({ id, name })) };
  return null;
}

/** Whether a text may be a directory, by its beginning. It saves reading long files that are not. */
export function mayBeDirectory(text: Uint8Array): boolean {
  const head = new TextDecoder().decode(text.subarray(0, 4096));
  return /^\s*[[{]/.test(head) && /"(?:name|phoneNumber)"\s*:/.test(head);
}

function listOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value;
  const data = isObject(value) ? value.data : undefined;
  if (Array.isArray(data)) return data;
  return isNumber(value) || isAgent(value) ? [value] : null;
}

function isAgent(item: unknown): item is Agent {
  if (!isDirectoryItem(item) || typeof item.name !== "string") return false;
  return !("agentId" in item) && !("phoneNumber" in item);
}

function isNumber(item: unknown): item is PhoneNumber {
  return isDirectoryItem(item) && typeof item.phoneNumber === "string" && !("name" in item);
}

function isDirectoryItem(item: unknown): item is { id: string } & Record<string, unknown> {
  return isObject(item) && typeof item.id === "string" && !OF_RECORDS.some((field) => field in item);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON values of a text. A text that is not JSON gives `undefined` among them. */
function* valuesOf(text: string): Generator<unknown> {
  const whole = parsed(text);
  if (whole !== undefined) {
    yield whole;
    return;
  }
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    else continue;
    if (depth > 0) continue;
    yield parsed(text.slice(start, index + 1));
    start = index + 1;
  }
  if (text.slice(start).trim() !== "") yield undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** What all sources together name. A later source's names come before those of an earlier one. */
export class Directory {
  readonly #agents = new Map<string, string>();
  readonly #numbers = new Map<string, string>();

  constructor(lists: Iterable<Listed>) {
    for (const listed of lists) {
      if (listed.kind === "agents") for (const { id, name } of listed.items) this.#agents.set(id, name);
      else for (const { id, phoneNumber } of listed.items) this.#numbers.set(id, phoneNumber);
    }
  }

  /** The agents, as a query takes them. */
  get agents(): Agent[] {
    return Array.from(this.#agents, ([id, name]) => ({ id, name }));
  }

  get numbers(): PhoneNumber[] {
    return Array.from(this.#numbers, ([id, phoneNumber]) => ({ id, phoneNumber }));
  }

  phoneNumber(id: string): string {
    return this.#numbers.get(id) ?? "";
  }
}
