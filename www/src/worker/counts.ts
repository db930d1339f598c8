/** Counts sources one after the other into one rollup. */
import { type Diagnostics, UsageError, UsageRollup } from "usage-by-agent";
import type { Given } from "../usage/messages.js";
import { type CountState, READING, type Reading } from "../usage/usage.js";
import { Directory, type Listed, LONGEST_DIRECTORY, listedIn, mayBeDirectory } from "./directory.js";
import { toFailure } from "./failure.js";
import { Source } from "./source.js";
import { joined, Text } from "./text.js";

/** How much of a text is counted apart before it touches the counts. Texts that are shorter can't do harm to the counts at all. */
const TRIAL_BYTES = 1_000_000;

/** A counting that was ended. */
class Ended extends Error {}

interface Run {
  hasEnded: boolean;
}

/**
 * The sources in the order in which they came, and their counts. A source that can't be used leaves nothing behind: if it was counted
 * in part, all others are counted again.
 */
export class Counts {
  #sources: Source[] = [];
  #reading: Reading = READING;
  #rollup = new UsageRollup({ ...READING });
  #directory = new Directory([]);
  #run: Run | null = null;
  /** Whether the rollup has a part of a source, or a source that is gone. */
  #isStale = false;
  /** The bytes of the sources that were finished since the counting began, and of the one that is being counted. */
  #doneBytes = 0;
  #currentBytes = 0;
  #began = 0;
  #milliseconds = 0;

  constructor(readonly onState: (state: CountState) => void) {}

  get rollup(): UsageRollup {
    return this.#rollup;
  }

  get directory(): Directory {
    return this.#directory;
  }

  add(files: readonly Given[]): void {
    this.#sources.push(...files.map(({ id, name, blob }) => new Source(id, name, blob)));
    this.#goOn();
  }

  remove(ids: readonly number[]): void {
    const gone = this.#sources.filter(({ id }) => ids.includes(id));
    this.#sources = this.#sources.filter((source) => !gone.includes(source));
    const isOfCounts = gone.some(({ kind, state }) => kind === "records" && state === "counted");
    if (isOfCounts || gone.some(({ state }) => state === "counting")) this.#interrupt();
    this.#isStale ||= isOfCounts;
    this.#goOn();
  }

  read(reading: Reading): void {
    this.#reading = reading;
    this.#interrupt();
    // What could not be read in the old way may be readable in the new one.
    for (const source of this.#sources) if (source.state === "failed") source.state = "waiting";
    this.#isStale = true;
    this.#goOn();
  }

  stop(): void {
    for (const source of this.#sources)
      if (source.state === "waiting" || source.state === "counting") source.state = "stopped";
    this.#interrupt();
    this.#goOn();
  }

  resume(): void {
    for (const source of this.#sources) if (source.state === "stopped") source.state = "waiting";
    this.#goOn();
  }

  /** Ends the counting that is going on. */
  #interrupt(): void {
    if (this.#run === null) return;
    this.#run.hasEnded = true;
    this.#run = null;
    for (const source of this.#sources) if (source.state === "counting") source.state = "waiting";
  }

  #goOn(): void {
    if (this.#run !== null) {
      this.#showProgress();
      return;
    }
    this.#began = performance.now();
    this.#doneBytes = 0;
    const run = { hasEnded: false };
    this.#run = run;
    void this.#work(run);
  }

  async #work(run: Run): Promise<void> {
    for (;;) {
      if (this.#isStale) this.#beginAgain();
      const source = this.#sources.find(({ state }) => state === "waiting");
      if (source === undefined) break;
      source.state = "counting";
      this.#currentBytes = 0;
      this.#showProgress();
      try {
        await this.#take(source, run);
        source.state = "counted";
        source.failure = null;
      } catch (error) {
        if (run.hasEnded) return;
        source.state = "failed";
        source.failure = toFailure(error, "records", source.name);
      }
      this.#doneBytes += source.blob.size;
    }
    this.#directory = new Directory(this.#sources.flatMap(({ listed }) => listed ?? []));
    this.#run = null;
    this.#milliseconds = performance.now() - this.#began;
    this.onState(this.#finished());
  }

  /** Drops the counts, and counts their sources again. */
  #beginAgain(): void {
    this.#rollup.free();
    this.#rollup = new UsageRollup({ ...this.#reading });
    for (const source of this.#sources)
      if (source.kind === "records" && source.state === "counted") source.state = "waiting";
    this.#isStale = false;
  }

  /** Finds out what a source is, and takes it. */
  async #take(source: Source, run: Run): Promise<void> {
    const text = new Text(source.blob, ({ fileBytes }) => {
      if (run.hasEnded) return;
      this.#currentBytes = fileBytes;
      this.#showProgress();
    });
    try {
      const { head, isWhole } = await headOf(text, run);
      const listed = mayBeDirectory(head) ? listedIn(isWhole ? head : await wholeOf(source.blob, run)) : null;
      if (listed !== null) return takeDirectory(source, listed);
      source.kind = "records";
      const misfit = this.#tried(head, isWhole);
      source.items = await this.#count(head, text, misfit, run);
      source.textBytes = text.textBytes;
    } catch (error) {
      if (source.kind === "records") source.kind = "unknown";
      throw error;
    } finally {
      text.close();
    }
  }

  /**
   * Counts the beginning of a text apart from the others.
   *
   * @returns the error to be thrown if the rest of the text is not understood either
   * @throws {UsageError} if the text can't be used
   */
  #tried(head: Uint8Array, isWhole: boolean): UsageError | null {
    const trial = new UsageRollup({ ...this.#reading });
    try {
      trial.pushBytes(head);
      const misfit = isWhole ? null : misfitIn(trial);
      // A text that is not JSON does not become JSON further on. Where an error stops the count, its end may not be that of the text.
      if (isWhole || this.#reading.onInvalid === "skip") trial.finish();
      if (misfit === null) trial.checkUnderstood();
      return misfit;
    } finally {
      trial.free();
    }
  }

  /** Counts a text. Returns how many records it has. */
  async #count(head: Uint8Array, text: Text, misfit: UsageError | null, run: Run): Promise<number> {
    const rollup = this.#rollup;
    const before = rollup.diagnostics();
    this.#isStale = true;
    rollup.pushBytes(head);
    for (;;) {
      const chunk = await unlessEnded(text.next(), run);
      if (chunk === undefined) break;
      rollup.pushBytes(chunk);
    }
    rollup.finish();
    const after = rollup.diagnostics();
    if (misfit !== null && knownIn(after) === knownIn(before)) throw misfit;
    this.#isStale = false;
    return after.records - before.records;
  }

  #showProgress(): void {
    const ahead = this.#sources.filter(({ state }) => state === "waiting" || state === "counting");
    const total = this.#doneBytes + ahead.reduce((sum, { blob }) => sum + blob.size, 0);
    const read = this.#doneBytes + this.#currentBytes;
    this.onState({ kind: "counting", sources: this.#facts(), read, total });
  }

  #finished(): CountState {
    const sources = this.#facts();
    if (!this.#sources.some(({ kind, state }) => kind === "records" && state === "counted")) {
      const failure = this.#sources.find(({ state }) => state === "failed")?.failure;
      return failure == null ? { kind: "empty", sources } : { kind: "failed", sources, failure };
    }
    const [diagnostics, span] = [this.#rollup.diagnostics(), this.#rollup.span()];
    return { kind: "counted", sources, diagnostics, span, milliseconds: this.#milliseconds };
  }

  #facts() {
    return this.#sources.map((source) => source.facts());
  }
}

async function unlessEnded<T>(promise: Promise<T>, run: Run): Promise<T> {
  const value = await promise.catch((error: unknown) => {
    throw run.hasEnded ? new Ended() : error;
  });
  if (run.hasEnded) throw new Ended();
  return value;
}

/** The error of records that are all of unknown kinds; `null` if there are others, or none at all. */
function misfitIn(rollup: UsageRollup): UsageError | null {
  try {
    rollup.checkUnderstood();
    return null;
  } catch (error) {
    if (error instanceof UsageError && error.code === "unknown_records") return error;
    throw error;
  }
}

/** The beginning of a text, and whether it is the whole text. */
async function headOf(text: Text, run: Run, atLeast = TRIAL_BYTES): Promise<{ head: Uint8Array; isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  while (text.textBytes < atLeast) {
    const chunk = await unlessEnded(text.next(), run);
    if (chunk === undefined) return { head: joined(chunks), isWhole: true };
    chunks.push(chunk.slice());
  }
  return { head: joined(chunks), isWhole: false };
}

/** The whole text of a file; no text if it is too long for a directory. */
async function wholeOf(file: Blob, run: Run): Promise<Uint8Array> {
  const text = new Text(file, () => {});
  try {
    const { head, isWhole } = await headOf(text, run, LONGEST_DIRECTORY);
    return isWhole ? head : new Uint8Array();
  } finally {
    text.close();
  }
}

function takeDirectory(source: Source, listed: Listed): void {
  source.listed = listed;
  source.kind = listed.kind;
  source.items = listed.items.length;
}

/** The number of records of known kinds. */
const knownIn = ({ records, invalid, ignored }: Diagnostics) => records - invalid - ignored.other;
