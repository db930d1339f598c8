// Counts inputs, and says on standard error what is wrong with them.

import {
  type Diagnostics,
  type Problem,
  type UsageAggregator,
  UsageError,
  type UsageQuery,
  type UsageRollup,
} from "usage-by-agent";
import { lookOfText } from "../looks/text.js";
import { type AllTimeQuery, type Counts, type CountsQuery, countsFor } from "./counts.js";
import { isOfOptions, unusable, withoutPlace } from "./failure.js";
import { type Input, inInput, wholeOf } from "./input.js";
import { isCountedByParts } from "./parts/count-by-parts.js";
import { Progress } from "./progress.js";
import { warn } from "./terminal/output.js";

/**
 * Counts the records of all inputs as one input.
 *
 * @param query how records are counted
 * @returns the counts, which the caller has to free
 * @throws {Failure} with the input's name
 */
export function countInputs(inputs: readonly Input[], query: UsageQuery): Promise<UsageAggregator>;
export function countInputs(inputs: readonly Input[], query: AllTimeQuery): Promise<UsageRollup>;
export function countInputs(inputs: readonly Input[], query: CountsQuery): Promise<Counts>;
export async function countInputs(inputs: readonly Input[], query: CountsQuery): Promise<Counts> {
  const usage = countsFor(query);
  try {
    await countEach(usage, inputs, query);
    checkUnderstood(usage, nameOf(inputs));
    return usage;
  } catch (error) {
    usage.free();
    throw error;
  }
}

/** The name of one input, or how many inputs there are, for messages. */
export function nameOf(inputs: readonly Input[]): string {
  const [only, ...others] = inputs;
  return only !== undefined && others.length === 0 ? only.name : `${inputs.length} inputs`;
}

/**
 * Adds the records of inputs to counts. Records that are skipped are warned of.
 *
 * @param query how the counts count; with it, several threads count a long file
 * @throws {Failure} with the input's name
 */
export async function countEach(usage: Counts, inputs: readonly Input[], query?: CountsQuery): Promise<void> {
  const progress = new Progress(inputs);
  try {
    for (const input of inputs) {
      await countInput(usage, input, query, progress);
      progress.next();
    }
  } finally {
    progress.end();
  }
}

async function countInput(
  usage: Counts,
  input: Input,
  query: CountsQuery | undefined,
  progress: Progress,
): Promise<void> {
  const before = usage.diagnostics();
  const onProgress = (bytes: number) => progress.show(input, bytes);
  try {
    if (query === undefined || !(await isCountedByParts(usage, input, query, onProgress))) {
      await usage.pushStream(input.bytes(), { onProgress });
    }
  } catch (error) {
    throw inInput(input, error);
  }
  warnOfSkipped(input.name, before, usage.diagnostics());
}

/**
 * Says how many records of an input were skipped, and the reason for the first.
 *
 * @param before what was known before the input; `undefined` for nothing
 * @param from the place of a file, in bytes, from which this input was read; only the byte of a record is known then
 */
export function warnOfSkipped(name: string, before: Diagnostics | undefined, after: Diagnostics, from = 0): void {
  const skipped = after.invalid - (before?.invalid ?? 0);
  if (skipped === 0) return;
  const first = errorsOf(after)[before === undefined ? 0 : errorsOf(before).length]; // absent if the list was full
  const are = skipped === 1 ? "1 invalid record is" : `${skipped} invalid records are`;
  warn(`${name}: ${are} skipped${first === undefined ? "" : `; the first: ${first.message}${placeOf(first, from)}`}`);
}

const errorsOf = ({ problems }: Diagnostics) => problems.filter(({ severity }) => severity === "error");

function placeOf({ path, line, byteOffset }: Problem, from: number): string {
  const places = [
    from === 0 && path && `at ${path}`,
    from === 0 && line !== undefined && `line ${line}`,
    byteOffset !== undefined && `byte ${from + byteOffset}`,
  ];
  const known = places.filter(Boolean);
  return known.length > 0 ? ` (${known.join(", ")})` : "";
}

/**
 * Refuses input of which nothing is understood, and says what may be wrong with the rest.
 *
 * @param name the input, for messages
 * @throws {Failure} with the input's name
 */
export function checkUnderstood(usage: Counts, name: string): void {
  try {
    usage.checkUnderstood(({ message }) => warn(`${name}: ${message}`));
  } catch (error) {
    throw inInput({ name }, error);
  }
  if (usage.diagnostics().records === 0) warn(`${name}: there are no records`);
}

/**
 * Reads a directory of agents: a page of `GET /v1/agents`, or an array of agents.
 *
 * @throws {Failure} with the file's name, if it is not JSON
 */
export function agentsOf(input: Input): Promise<NonNullable<UsageQuery["agents"]>> {
  return jsonOf(input, "a page of GET /v1/agents, or an array of {id, name}");
}

/**
 * Reads a file that contains one JSON value. Its shape is not checked.
 *
 * @param wanted what the file should contain
 * @throws {Failure} with the file's name, if it is not JSON
 */
export async function jsonOf<T>(input: Input, wanted: string): Promise<T> {
  return jsonIn(input.name, await wholeOf(input), wanted);
}

/**
 * The JSON value in bytes.
 *
 * @param name where the bytes are from, for messages
 * @throws {Failure} with the name, if the bytes are not JSON
 */
export function jsonIn<T>(name: string, bytes: Uint8Array, wanted: string): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)); // decoding drops a byte order mark
  } catch {
    // The parser's own message would quote the text, which may be a secret.
    const look = lookOfText(bytes);
    const got = look === undefined ? "it is not JSON" : `it looks like ${look}`;
    throw unusable(`${name}: ${got}: wanted ${wanted}`);
  }
}

/**
 * Makes sure that a directory is one.
 *
 * @throws {Failure} with the file's name
 */
export function checkAgents(input: Input, query: CountsQuery): void {
  try {
    countsFor(query).free();
  } catch (error) {
    const isOfAgents = isOfOptions(error) && error instanceof UsageError && error.path?.startsWith("/agents");
    throw isOfAgents ? unusable(`${input.name}: ${withoutPlace(error)}`) : error;
  }
}
