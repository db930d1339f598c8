// Loads the WebAssembly module and keeps it compiled, so that it can have a new instance at any time. Gives the error if it can't be
// loaded.
//
// Nothing is loaded while the package is imported: an import that is not used costs nothing, and a host that forbids compiling gets
// an error that can be caught, at the first call.

import type { Glue } from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import { isResponse } from "./bodies.js";
import { endingOf, type Hint } from "./fault.js";
import { Instance } from "./instance.js";
import { requireRoom } from "./stack.js";
import { bytesOf, isCompiled, said } from "./values.js";

/** A `WebAssembly.Module`. Not every program that uses this package has types of WebAssembly. */
export type CompiledModule = object;

/** The WebAssembly module: its URL, a request or a response for it, its bytes, or the compiled module. */
export type ModuleSource = URL | string | Request | Response | ArrayBuffer | ArrayBufferView | CompiledModule;

/** Gives the module that an entry contains. */
export type Embedded = () => ArrayBuffer | ArrayBufferView | CompiledModule;

/**
 * What an instance of the module is for. Counts that a caller keeps live apart from calls that begin and end by themselves, so that such a call
 * can't end a count that is kept. All kept counts live in one instance.
 */
export type Purpose = "kept" | "oneShot";

let embedded: Embedded | undefined;
/** The module as it is compiled. Its name is not `module`, which a bundle as CommonJS would take for Node's. */
let kept: WebAssembly.Module | undefined;
const instances: { [purpose in Purpose]?: Instance } = {};
let pending: Promise<void> | undefined;

/**
 * Sets the module that an entry contains. Nothing is loaded yet.
 *
 * @returns a function that gives its argument back. An entry calls it for each of its exports. A bundler therefore keeps the module
 *   if it keeps one of the exports, and drops the module with the last of them.
 * @internal
 */
export function provide(source: Embedded): <T>(value: T) => T {
  embedded ??= source;
  return (value) => value;
}

/**
 * Loads the WebAssembly module without waiting, from a compiled module or from bytes. It is for `usage-by-agent/slim` where the tools
 * of a runtime compile the module. If the module is loaded already, the call does nothing.
 *
 * @param source the compiled module, or its bytes
 * @throws {UsageError} `not_initialised`, if it is not the module of this version, or the host does not allow compiling here
 *
 * @example
 * ```ts
 * import { initSync, periodBounds } from "usage-by-agent/slim";
 * import module from "usage-by-agent/usage_by_agent.wasm";
 * initSync(module);
 * periodBounds({ period: "week", tz: "Europe/Paris" });
 * ```
 */
export function initSync(source: ArrayBuffer | ArrayBufferView | CompiledModule): void {
  if (kept !== undefined) return;
  try {
    const given = compiledAtOnce(source);
    use(given, Instance.of(given));
  } catch (cause) {
    throw notLoaded(cause);
  }
}

/**
 * Loads the WebAssembly module. Call it once before anything else with `usage-by-agent/slim` and `usage-by-agent/web`. Everywhere
 * else the first call of the package loads the module, and `init` only loads it before. Further calls do no harm.
 *
 * @param source the module: a URL, a `Request`, a `Response`, bytes or a `WebAssembly.Module`. Default: the module that the entry
 *   contains; `usage-by-agent/web` fetches the file of the package; `usage-by-agent/slim` has no default.
 * @returns a promise that resolves when the module is loaded
 * @throws {UsageError} `not_initialised`, if the module can't be loaded; a further call tries again
 *
 * @example
 * ```ts
 * import init, { periodBounds } from "usage-by-agent/slim";
 * await init(fetch("/usage_by_agent.wasm"));
 * periodBounds({ period: "week", tz: "Europe/Paris" });
 * ```
 */
export function init(source?: ModuleSource | Promise<ModuleSource>): Promise<void> {
  if (kept !== undefined && instances.oneShot?.hasEnded !== true) return Promise.resolve();
  pending ??= load(source).finally(() => {
    pending = undefined;
  });
  return pending;
}

async function load(source: ModuleSource | Promise<ModuleSource> | undefined): Promise<void> {
  try {
    const given = kept ?? (await source) ?? embedded?.();
    if (given === undefined) throw new Error("no source was given; wanted a URL, bytes or a WebAssembly.Module");
    const made = ours(await compiled(given));
    const instance = await Instance.later(made);
    if (instances.oneShot === undefined || instances.oneShot.hasEnded) use(kept ?? made, instance); // else a call was faster
  } catch (cause) {
    throw notLoaded(cause);
  }
}

function use(loaded: WebAssembly.Module, instance: Instance): void {
  kept = loaded;
  instances.oneShot = instance;
}

function compiledAtOnce(source: object): WebAssembly.Module {
  return ours(isCompiled(source) ? source : new WebAssembly.Module(bufferOf(source)));
}

async function compiled(source: ModuleSource): Promise<WebAssembly.Module> {
  if (isCompiled(source)) return source;
  if (bytesOf(source) !== undefined || ArrayBuffer.isView(source)) return WebAssembly.compile(bufferOf(source));
  const response = isResponse(source) ? source : await fetch(source as URL | string | Request);
  if (!response.ok) throw new Error(`the response's status is ${response.status}`);
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm") ?? false;
  // Streaming compilation requires this type, which many servers do not send, and a response of the runtime.
  return isWasm && response instanceof Response
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** The bytes of the module. Other views than those of bytes are taken too. */
function bufferOf(source: object): BufferSource {
  return (bytesOf(source) ?? source) as BufferSource;
}

/** The module, if it is that of this package. The glue would accept any module. */
function ours(module: WebAssembly.Module): WebAssembly.Module {
  const isOurs = WebAssembly.Module.exports(module).some(({ name }) => name === "inferConvention");
  if (!isOurs) throw new Error("it is not the module of usage-by-agent");
  return module;
}

function notLoaded(cause: unknown): UsageError {
  return new UsageError("not_initialised", `the WebAssembly module could not be loaded: ${said(cause)}`, { cause });
}

/**
 * Loads the module that the entry contains, unless it is loaded. Every function calls this first, before it reads a caller's values.
 *
 * @throws {UsageError} `not_initialised`, if the module is not loaded and can't be
 * @throws {RangeError} if the stack is nearly full
 * @internal
 */
export function requireModule(): void {
  requireRoom();
  loadedModule();
}

/**
 * As {@link requireModule}, for calls that take half a microsecond and read no more than a few options.
 *
 * @internal
 */
export function loadedModule(): WebAssembly.Module {
  if (kept !== undefined) return kept;
  if (embedded === undefined) {
    throw new UsageError(
      "not_initialised",
      "the WebAssembly module is not loaded yet: call `await init()` first, once, before anything else",
    );
  }
  try {
    kept = compiledAtOnce(embedded());
  } catch (cause) {
    throw notLoaded(cause);
  }
  return kept;
}

/**
 * The instance for a purpose. The first call makes it, and so does the first call after it has ended.
 *
 * @throws {UsageError} `not_initialised`; `out_of_memory`, `terminated` if the host has no memory or no stack for a further instance
 * @internal
 */
export function instanceFor(purpose: Purpose): Instance {
  const present = instances[purpose];
  if (present !== undefined && !present.hasEnded) return present;
  const compiled = loadedModule();
  try {
    const made = Instance.of(compiled);
    instances[purpose] = made;
    return made;
  } catch (cause) {
    const other = instances.oneShot;
    if (purpose === "kept" && other !== undefined && !other.hasEnded) return other; // one is all that such a host allows
    throw other === undefined && instances.kept === undefined ? notLoaded(cause) : notMade(cause);
  }
}

function notMade(cause: unknown): UsageError {
  const reason = said(cause);
  return new UsageError(endingOf(reason), `the WebAssembly module could not get a new instance: ${reason}`, { cause });
}

/**
 * Calls the core for a result that keeps nothing in the module. See {@link Instance.cross}.
 *
 * @internal
 */
export function once<T>(call: (glue: Glue) => T, within?: string, hint?: Hint): T {
  const instance = instanceFor("oneShot");
  const result = instance.cross(call, within, hint);
  instance.rest();
  return result;
}
