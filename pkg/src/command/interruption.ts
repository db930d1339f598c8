import process from "node:process";

/** The signals by which people and systems end a command, with the exit codes that shells give them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Lets a command end by itself when it is interrupted. A second signal ends it at once. */
export class Interruption {
  /** The exit code, once the command was interrupted. */
  exit: number | undefined;
  readonly #controller = new AbortController();
  readonly #listeners = Object.entries(SIGNALS).map(([name, exit]) => [name, () => this.#interrupt(exit)] as const);

  constructor() {
    for (const [name, listener] of this.#listeners) process.on(name, listener);
  }

  /** Aborts when the command is interrupted. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets the signals end the process again. */
  stop(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener);
  }

  #interrupt(exit: number): void {
    this.exit = exit;
    this.stop();
    this.#controller.abort();
  }
}
