// Counts files into a rollup, and keeps the rollup up to date while the files grow and change.

import { UsageRollup } from "usage-by-agent";
import { checkUnderstood, countEach, nameOf, warnOfSkipped } from "../counting.js";
import { type Input, inInput } from "../input.js";
import { note, warn } from "../terminal/output.js";
import { FollowedFile } from "./followed-file.js";

/** The time between two looks at the files, in milliseconds. */
const PAUSE_MS = 500;

/** Invalid records are skipped. How many there are is said on standard error. */
const OPTIONS = { onInvalid: "skip" } as const;

/** The counts of inputs, some of which are followed. */
export class Follower {
  #rollup: UsageRollup;
  #files: readonly FollowedFile[];
  /** The counts of what can be read only once, such as standard input. */
  readonly #base: UsageRollup | undefined;
  /** The last of the tasks that wait for each other, and the task among them that has not begun. It never rejects. */
  #last: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  #isCountingAgain = false;
  /** The files that are missing, and the warnings about the whole input that were given. */
  readonly #missing = new Set<string>();
  #said: Set<string>;

  private constructor(rollup: UsageRollup, files: readonly FollowedFile[] = [], base?: UsageRollup) {
    this.#rollup = rollup;
    this.#files = files;
    this.#base = base;
    this.#said = new Set(warningsIn(rollup).keys());
  }

  /**
   * Counts inputs. A {@link FollowedFile} among them is followed from then on.
   *
   * @throws {Failure} with the input's name
   */
  static async of(inputs: readonly Input[]): Promise<Follower> {
    const files = inputs.filter((input) => input instanceof FollowedFile);
    const others = inputs.filter((input) => !(input instanceof FollowedFile));
    const base = new UsageRollup(OPTIONS);
    await countEach(base, others);
    if (files.length > 0) return new Follower(await counted(files, base), files, base);
    checkUnderstood(base, nameOf(others));
    return new Follower(base);
  }

  /** Counts that are complete, and are not followed. */
  static ofCounts(rollup: UsageRollup): Follower {
    return new Follower(rollup);
  }

  /** The counts, with all that has been added to the files by now. Files that are counted again are not waited for. */
  async latest(): Promise<UsageRollup> {
    if (!this.#isCountingAgain) await this.#look();
    return this.#rollup;
  }

  /** Looks at the files again and again, as long as the process runs. */
  async follow(): Promise<never> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const changed: FollowedFile[] = [];
      await this.#inOrder(async () => {
        changed.push(...(await this.#lookAtAll(true)));
      });
      if (changed.length === 0) continue;
      this.#isCountingAgain = true;
      await this.#inOrder(() => this.#countAgain(changed));
      this.#isCountingAgain = false;
    }
  }

  /** Looks for what was added. Calls that wait for their turn share it. */
  #look(): Promise<void> {
    this.#waiting ??= this.#inOrder(async () => {
      this.#waiting = undefined;
      await this.#lookAtAll(false);
    });
    return this.#waiting;
  }

  /** Runs a task when those before it have ended. */
  #inOrder(task: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(task).catch((error) => warn(reasonOf(error)));
    return this.#last;
  }

  /** Counts what was added to the files. Returns those that have another content. */
  async #lookAtAll(isTurn: boolean): Promise<FollowedFile[]> {
    const changed: FollowedFile[] = [];
    for (const file of this.#files) {
      const change = await file.look(isTurn);
      if (change === "missing") this.#warnOfMissing(file);
      else this.#missing.delete(file.name);
      if (change === "grown") await this.#add(file);
      if (change === "changed") changed.push(file);
    }
    return changed;
  }

  #warnOfMissing({ name, fault }: FollowedFile): void {
    if (!this.#missing.has(name)) warn(`${fault}; what was counted of it stays`);
    this.#missing.add(name);
  }

  /** Counts what was added to a file. If that is not possible, the next look finds that the file has to be counted again. */
  async #add(file: FollowedFile): Promise<void> {
    const from = file.counted;
    try {
      const before = this.#rollup.diagnostics();
      await this.#rollup.pushStream(file.bytes());
      warnOfSkipped(file.name, before, this.#rollup.diagnostics(), from);
      for (const [code, message] of warningsIn(this.#rollup)) {
        if (!this.#said.has(code)) warn(`${file.name}: ${message}`);
        this.#said.add(code);
      }
    } catch (error) {
      warn(reasonOf(inInput(file, error)));
      file.distrust();
    }
  }

  /** Counts all files into a new rollup. If that is not possible, the counts stay as they are until a file changes again. */
  async #countAgain(changed: readonly FollowedFile[]): Promise<void> {
    const [first, ...others] = changed;
    const more = others.length > 0 ? ` (and ${others.length} more)` : "";
    note(`${first?.name}${more} has another content now: all files are counted again`);
    try {
      const files: FollowedFile[] = [];
      for (const file of this.#files) files.push(await file.again());
      for (const file of files) if (file.isMissing) this.#warnOfLoss(file);
      const old = this.#rollup;
      this.#rollup = await counted(files, this.#base);
      this.#files = files;
      this.#said = new Set(warningsIn(this.#rollup).keys());
      setTimeout(() => old.free(), 0); // a request may just have got it
    } catch (error) {
      warn(`${reasonOf(error)}; the counts from before stay`);
      for (const file of changed) file.refuse();
    }
  }

  #warnOfLoss({ name }: FollowedFile): void {
    warn(`${name} is missing: its records do not count any longer`);
    this.#missing.add(name);
  }
}

/** The counts of files, and of what can be read only once. */
async function counted(files: readonly FollowedFile[], base?: UsageRollup): Promise<UsageRollup> {
  const rollup = new UsageRollup(OPTIONS);
  try {
    if (base !== undefined) rollup.merge(base);
    await countEach(rollup, files);
    checkUnderstood(rollup, nameOf(files));
    return rollup;
  } catch (error) {
    rollup.free();
    throw error;
  }
}

/** The warnings about the whole input, by their codes. */
function warningsIn(rollup: UsageRollup): Map<string, string> {
  const { problems } = rollup.diagnostics();
  const ofInput = problems.filter(({ severity, line }) => severity === "warning" && line === undefined);
  return new Map(ofInput.map(({ code, message }) => [code, message]));
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
