/** Counts sources one after the other into one rollup. */
import { type Diagnostics, type Problem, UsageRollup } from "usage-by-agent";
import { isAboutInput } from "../account/about-input.js";
import { lookIn } from "../account/recognise.js";
import type { Given } from "../usage/messages.js";
import { type CountState, type Failure, READING, type Reading } from "../usage/usage.js";
import { Directory, type Listed, LONGEST_DIRECTORY, listedIn, mayBeDirectory } from "./directory.js";
import { toFailure } from "./failure.js";
import { countByParts, isForParts } from "./parts.js";
import { Source } from "./source.js";
import { bytesOf, Run, Text } from "./text.js";
import { knownIn, TRIAL_BYTES, tried } from "./trial.js";

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
  /** The bytes of the sources that were finished since the counting began, and of the one that is being counted by parts. */
  #doneBytes = 0;
  #currentBytes = 0;
  /** Whether the counts were lost in a question since the last change, and why they were lost once more. */
  #isRecovered = false;
  #loss: Failure | null = null;
  /** The text that is being read in order. */
  #text: Text | null = null;
  #began = 0;
  #milliseconds = 0;

  constructor(readonly onState: (state: CountState) => void) {}

  get rollup(): UsageRollup {
    return this.#rollup;
  }

  get directory(): Directory {
    return this.#directory;
  }

  /** Takes how records are read and the first sources. */
  begin(reading: Reading, files: readonly Given[]): void {
    this.#reading = reading;
    this.#isStale = true;
    this.add(files);
  }

  add(files: readonly Given[]): void {
    this.#sources.push(...files.map(({ id, name, blob }) => new Source(id, name, blob)));
    this.#changed();
  }

  remove(ids: readonly number[]): void {
    const gone = this.#sources.filter(({ id }) => ids.includes(id));
    this.#sources = this.#sources.filter((source) => !gone.includes(source));
    const isOfCounts = gone.some(isInCounts);
    if (isOfCounts || gone.some(({ state }) => state === "counting")) this.#interrupt();
    this.#isStale ||= isOfCounts;
    this.#changed();
  }

  read(reading: Reading): void {
    this.#reading = reading;
    this.#interrupt();
    // What could not be read in the old way may be readable in the new one.
    for (const source of this.#sources) if (source.state === "failed") source.state = "waiting";
    this.#isStale = true;
    this.#changed();
  }

  stop(): void {
    for (const source of this.#sources)
      if (source.state === "waiting" || source.state === "counting") source.state = "stopped";
    this.#interrupt();
    this.#changed();
  }

  resume(): void {
    for (const source of this.#sources) if (source.state === "stopped") source.state = "waiting";
    this.#changed();
  }

  /**
   * Counts again if the counts were lost, because a question ended the module's instance. If that happens again without a change of
   * the sources, nothing is counted any more: the questions of the page would end one instance after the other.
   *
   * @param failure why they were lost
   */
  recover(failure: Failure): void {
    if (!this.#rollup.isTerminated) return;
    this.#interrupt();
    this.#isStale = true;
    if (this.#isRecovered) {
      this.#loss = failure;
      this.onState(this.#finished());
      return;
    }
    this.#isRecovered = true;
    this.#goOn();
  }

  /** The user has changed something, so that what failed may work now. */
  #changed(): void {
    this.#isRecovered = false;
    this.#loss = null;
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
    const run = new Run(() => this.#showProgress());
    this.#run = run;
    void this.#work(run).catch((error) => {
      if (this.#run === run) this.#run = null;
      this.#fail(toFailure(error, "records"));
    });
  }

  /** Says that nothing is counted, unless the counts can be had again. */
  #fail(failure: Failure): void {
    if (this.#rollup.isTerminated) this.recover(failure);
    else this.onState({ kind: "failed", sources: this.#facts(), failure });
  }

  async #work(run: Run): Promise<void> {
    for (;;) {
      if (this.#isStale) this.#beginAgain();
      const source = this.#sources.find(({ state }) => state === "waiting");
      if (source === undefined) break;
      source.state = "counting";
      this.#currentBytes = 0;
      // Of thousands of short files, not each one is worth a message.
      if (this.#doneBytes === 0) this.#showProgress();
      try {
        await this.#take(source, run);
        source.state = "counted";
        source.failure = null;
      } catch (error) {
        if (run.hasEnded) return;
        source.state = "failed";
        const { look } = source;
        source.failure = { ...toFailure(error, "records", source.name), ...(look !== undefined && { look }) };
        // The module's instance has ended, and the counts of the other sources with it.
        if (this.#rollup.isTerminated) this.#isStale = true;
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
    for (const source of this.#sources) if (isInCounts(source)) source.state = "waiting";
    this.#isStale = false;
  }

  /** Finds out what a source is, and takes it. */
  async #take(source: Source, run: Run): Promise<void> {
    const { blob } = source;
    const text = new Text(blob, run);
    this.#text = text;
    try {
      const { head, isWhole } = await text.head(TRIAL_BYTES);
      if (isSnapshot(head)) {
        this.#merge(source, isWhole ? head : await wholeOf(blob, run, Number.POSITIVE_INFINITY));
        return;
      }
      const listed = mayBeDirectory(head)
        ? listedIn(isWhole ? head : await wholeOf(blob, run, LONGEST_DIRECTORY))
        : null;
      if (listed !== null) {
        takeDirectory(source, listed);
        return;
      }
      source.look = lookIn(head);
      const misfit = tried(head, isWhole, this.#reading);
      const before = this.#rollup.diagnostics();
      this.#isStale = true;
      if (isForParts(blob) && !(await isZipped(blob))) await this.#countByParts(blob, run);
      else await this.#count(head, text);
      this.#rollup.finish();
      const after = this.#rollup.diagnostics();
      if (misfit !== null && knownIn(after) === knownIn(before)) throw misfit;
      this.#isStale = false;
      source.kind = "records";
      source.items = after.records - before.records;
      source.problems = newProblems(before, after);
      source.textBytes = Math.max(text.textBytes, this.#currentBytes);
    } finally {
      if (this.#text === text) this.#text = null;
      text.close();
    }
  }

  /** Adds saved counts. If they can't be added, nothing has changed. */
  #merge(source: Source, snapshot: Uint8Array): void {
    const before = this.#rollup.diagnostics();
    this.#rollup.merge(snapshot);
    source.kind = "snapshot";
    const after = this.#rollup.diagnostics();
    source.items = after.records - before.records;
    source.problems = newProblems(before, after);
    source.textBytes = snapshot.byteLength;
  }

  async #count(head: Uint8Array, text: Text): Promise<void> {
    this.#rollup.pushBytes(head);
    for (;;) {
      const chunk = await text.next();
      if (chunk === undefined) return;
      this.#rollup.pushBytes(chunk);
    }
  }

  async #countByParts(file: Blob, run: Run): Promise<void> {
    this.#text = null;
    const bytes = (from: number, to: number) => bytesOf(file, from, to, run);
    await countByParts(this.#rollup, file, this.#reading, bytes, (counted) => {
      run.check();
      this.#currentBytes = counted;
    });
  }

  #showProgress(): void {
    const ahead = this.#sources.filter(({ state }) => state === "waiting" || state === "counting");
    const total = this.#doneBytes + ahead.reduce((sum, { blob }) => sum + blob.size, 0);
    const read = this.#doneBytes + (this.#text?.fileBytes ?? this.#currentBytes);
    this.onState({ kind: "counting", sources: this.#facts(), read, total });
  }

  #finished(): CountState {
    const sources = this.#facts();
    if (this.#loss !== null) return { kind: "failed", sources, failure: this.#loss };
    if (!this.#sources.some(isInCounts)) {
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

/** The problems of records that are new. The warnings about the whole input come before them, and are told anew each time. */
function newProblems(before: Diagnostics, after: Diagnostics): Problem[] {
  const ofRecords = ({ problems }: Diagnostics) => problems.filter((problem) => !isAboutInput(problem));
  return ofRecords(after).slice(ofRecords(before).length);
}

/** The whole text of a file; no text if it has more bytes than these. */
async function wholeOf(file: Blob, run: Run, most: number): Promise<Uint8Array> {
  const text = new Text(file, run);
  try {
    const { head, isWhole } = await text.head(most);
    return isWhole ? head : new Uint8Array();
  } finally {
    text.close();
  }
}

/** Whether a file is gzip data, which can't be read at any place. */
async function isZipped(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

/** Whether all of a source is in the counts. */
const isInCounts = ({ kind, state }: Source) => state === "counted" && (kind === "records" || kind === "snapshot");

/** Whether a text begins as the bytes of `snapshot()` do. JSON can't. */
const isSnapshot = (head: Uint8Array) => head[0] === 0x55 && head[1] === 0x42 && head[2] === 0x41; // UBA

function takeDirectory(source: Source, listed: Listed): void {
  source.listed = listed;
  source.kind = listed.kind;
  source.items = listed.items.length;
}
