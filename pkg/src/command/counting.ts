// Counts inputs, and says on standard error what is wrong with them.

import { type Diagnostics, type Problem, UsageAggregator, UsageError, type UsageQuery } from "usage-by-agent";
import { lookOfText } from "../looks/text.js";
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
export async function countInputs(inputs: readonly Input[], query: UsageQuery): Promise<UsageAggregator> {
  const usage = new UsageAggregator(query);
  const progress = new Progress(inputs);
  try {
    for (const input of inputs) {
      await countInput(usage, input, query, progress);
      progress.next();
    }
    const [only, ...others] = inputs;
    checkUnderstood(usage, only !== undefined && others.length === 0 ? only.name : `${inputs.length} inputs`);
    return usage;
  } catch (error) {
    usage.free();
    throw error;
  } finally {
    progress.end();
  }
}

async function countInput(usage: UsageAggregator, input: Input, query: UsageQuery, progress: Progress): Promise<void> {
  const before = usage.diagnostics();
  const onProgress = (bytes: number) => progress.show(input, bytes);
  try {
    if (!(await isCountedByParts(usage, input, query, onProgress))) {
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
 */
export function warnOfSkipped(name: string, before: Diagnostics | undefined, after: Diagnostics): void {
  const skipped = after.invalid - (before?.invalid ?? 0);
  if (skipped === 0) return;
  const first = errorsOf(after)[before === undefined ? 0 : errorsOf(before).length]; // absent if the list was full
  const are = skipped === 1 ? "1 invalid record is" : `${skipped} invalid records are`;
  warn(`${name}: ${are} skipped${first === undefined ? "" : `; the first: ${first.message}${placeOf(first)}`}`);
}

const errorsOf = ({ problems }: Diagnostics) => problems.filter(({ severity }) => severity === "error");

function placeOf({ path, line, byteOffset }: Problem): string {
  const places = [
    path && `at ${path}`,
    line !== undefined && `line ${line}`,
    byteOffset !== undefined && `byte ${byteOffset}`,
  ];
  const known = places.filter(Boolean);
  return known.length > 0 ? ` (${known.join(", ")})` : "";
}

/**
 * Refuses input of which nothing is understood, and says what may be wrong with the rest.
 *
 * @param name the input, for messages
 */
export function checkUnderstood(usage: UsageAggregator, name: string): void {
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
export async function agentsOf(input: Input): Promise<NonNullable<UsageQuery["agents"]>> {
  const bytes = await wholeOf(input);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)); // decoding drops a byte order mark
  } catch {
    // The parser's own message would quote the text, which may be a secret.
    const look = lookOfText(bytes);
    const got = look === undefined ? "it is not JSON" : `it looks like ${look}`;
    throw unusable(`${input.name}: ${got}: wanted a page of GET /v1/agents, or an array of {id, name}`);
  }
}

/**
 * Makes sure that a directory is one.
 *
 * @throws {Failure} with the file's name
 */
export function checkAgents(input: Input, query: UsageQuery): void {
  try {
    new UsageAggregator(query).free();
  } catch (error) {
    const isOfAgents = isOfOptions(error) && error instanceof UsageError && error.path?.startsWith("/agents");
    throw isOfAgents ? unusable(`${input.name}: ${withoutPlace(error)}`) : error;
  }
}
