// One instance of the module. Every call into the module goes through `Instance.cross`.
//
// A call that ends without a result of the core leaves its instance in an unknown state: objects stay borrowed, and memory stays
// reserved. That instance is given up, and the next call gets a new one.

import { createGlue, type Glue } from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import { endingOf, type Hint, isFault, usageErrorOf } from "./fault.js";
import { limits } from "./limits.js";
import { said } from "./values.js";

/** The size of a page of memory, in which memory grows. */
const PAGE = 65_536;

/** A number of pages that no memory can grow by, as the module passes it. */
const TOO_MANY = -1;

/** What a call is given up for. */
const ENDINGS = {
  out_of_memory: "the module's memory could not grow",
  terminated: "the module was stopped inside a call",
} as const;

/** An instance, with glue of its own. */
export class Instance {
  /** The number of objects that live in it. */
  living = 0;
  readonly #glue = createGlue();
  #memory: WebAssembly.Memory | undefined;
  #bytes = new Uint8Array();
  #doubles = new Float64Array();
  /** Whether a call is in the module. A call may leave without its `catch`, because `catch` needs a bit of the stack too. */
  #isInside = false;
  /** Whether the memory could not grow in this call. */
  #lacksMemory = false;
  #hasEnded = false;
  #reason: UsageError | undefined;

  /** Makes an instance at once. */
  static of(module: WebAssembly.Module): Instance {
    const made = new Instance();
    made.#start(new WebAssembly.Instance(module, made.#imports()));
    return made;
  }

  /** Makes an instance asynchronously. Browsers of 2023 and before refuse to make a large one at once. */
  static async later(module: WebAssembly.Module): Promise<Instance> {
    const made = new Instance();
    made.#start((await WebAssembly.instantiate(module, made.#imports())) as unknown as WebAssembly.Instance);
    return made;
  }

  #start(instance: WebAssembly.Instance): void {
    const { memory } = instance.exports;
    this.#memory = memory as WebAssembly.Memory;
    this.#glue.finalize(instance);
  }

  /** What the module imports. `tools/build/wasm.mjs` makes each growth of the memory call the two functions of `env`. */
  #imports(): WebAssembly.Imports {
    return {
      ...this.#glue.imports(),
      env: {
        memory_grow_pre: (_: number, pages: number) =>
          this.#size() + (pages >>> 0) * PAGE > limits.maxModuleBytes ? TOO_MANY : pages,
        memory_grow_post: (_: number, before: number) => {
          if (before < 0) this.#lacksMemory = true;
          return before;
        },
      },
    };
  }

  #size(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Whether it was given up. Its objects are lost then. */
  get hasEnded(): boolean {
    if (this.#isInside) this.#end(undefined);
    return this.#hasEnded;
  }

  /** Why it was given up; `undefined` if it was only replaced. */
  get reason(): UsageError | undefined {
    return this.#reason;
  }

  /**
   * Calls the core. What the core throws becomes a {@link UsageError}.
   *
   * @param call the call. It must not run a caller's code (an iterator, a getter): what that throws would end the instance.
   * @param within the path of the core's input inside the caller's input, which is put before the error's path
   * @param hint gives what is put behind the error's message
   * @throws {UsageError} the core's errors; `out_of_memory`, `terminated` with the `cause` if the core gave neither a result nor an
   *   error
   */
  cross<T>(call: (glue: Glue) => T, within?: string, hint?: Hint): T {
    let result: T;
    this.#lacksMemory = false;
    this.#isInside = true;
    try {
      result = call(this.#glue);
    } catch (thrown) {
      if (!isFault(thrown)) throw this.#end(thrown);
      this.#isInside = false;
      throw usageErrorOf(thrown, () => this.cross((glue) => glue.timeZones()), within, hint);
    }
    this.#isInside = false;
    return result;
  }

  /** The memory as bytes and as doubles. The views are valid until the next call, which may grow the memory. */
  views(): { bytes: Uint8Array; doubles: Float64Array } {
    if (this.#bytes.length === 0 && this.#memory !== undefined) {
      this.#bytes = new Uint8Array(this.#memory.buffer); // a view is empty before the first call, and after the memory has grown
      this.#doubles = new Float64Array(this.#memory.buffer);
    }
    return { bytes: this.#bytes, doubles: this.#doubles };
  }

  /** Gives the instance up if nothing lives in it and it has grown large. */
  rest(): void {
    if (this.living === 0 && this.#size() > limits.maxIdleBytes && !this.hasEnded) this.#release();
  }

  #end(cause: unknown): UsageError {
    const reason = cause === undefined ? "the stack is full" : said(cause);
    const code = endingOf(reason, this.#lacksMemory);
    const message = `${ENDINGS[code]}: ${reason}. The next call gets a new instance`;
    const error = new UsageError(code, message, cause === undefined ? {} : { cause });
    this.#reason = error;
    this.#release();
    return error;
  }

  /** Lets the memory go. Objects that still refer to the glue would keep it. */
  #release(): void {
    this.#glue.finalize({ exports: { __wbindgen_start() {} } });
    this.#memory = undefined;
    this.#bytes = new Uint8Array();
    this.#doubles = new Float64Array();
    this.#hasEnded = true;
    this.#isInside = false;
  }
}
