// Loads the one instance of the WebAssembly module, and gives the error if it can't be loaded.
//
// Nothing is loaded while the package is imported: an import that is not used costs nothing, and a host that forbids compiling gets
// an error that can be caught, at the first call.

import * as glue from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import { isResponse } from "./bodies.js";
import { bytesOf, isCompiled, said } from "./values.js";

/** A `WebAssembly.Module`. Not every program that uses this package has types of WebAssembly. */
export type CompiledModule = object;

/** The WebAssembly module: its URL, a request or a response for it, its bytes, or the compiled module. */
export type ModuleSource = URL | string | Request | Response | ArrayBuffer | ArrayBufferView | CompiledModule;

/** Gives the module that an entry contains. */
export type Embedded = () => ArrayBuffer | ArrayBufferView | CompiledModule;

let embedded: Embedded | undefined;
let ready = false;
let memory: WebAssembly.Memory | undefined;
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
 * @param module the compiled module, or its bytes
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
export function initSync(module: ArrayBuffer | ArrayBufferView | CompiledModule): void {
  if (ready) return;
  try {
    const compiled = isCompiled(module) ? module : new WebAssembly.Module(bufferOf(module));
    use(compiled, new WebAssembly.Instance(ours(compiled), glue.imports()));
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
  if (ready) return Promise.resolve();
  pending ??= load(source).finally(() => {
    pending = undefined;
  });
  return pending;
}

async function load(source: ModuleSource | Promise<ModuleSource> | undefined): Promise<void> {
  try {
    const given = (await source) ?? embedded?.();
    if (given === undefined) throw new Error("no source was given; wanted a URL, bytes or a WebAssembly.Module");
    const module = ours(await compiled(given));
    const instance = (await WebAssembly.instantiate(module, glue.imports())) as unknown as WebAssembly.Instance;
    if (!ready) use(module, instance); // a call that did not wait may have been faster
  } catch (cause) {
    throw notLoaded(cause);
  }
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

function use(module: WebAssembly.Module, instance: WebAssembly.Instance): void {
  memory = glue.finalize(instance, module).memory;
  ready = true;
}

function notLoaded(cause: unknown): UsageError {
  return new UsageError("not_initialised", `the WebAssembly module could not be loaded: ${said(cause)}`, { cause });
}

/**
 * The core. The first call loads the module that the entry contains.
 *
 * @throws {UsageError} `not_initialised`, if the module is not loaded and can't be
 * @internal
 */
export function core(): typeof glue {
  if (ready) return glue;
  if (embedded === undefined) {
    throw new UsageError(
      "not_initialised",
      "the WebAssembly module is not loaded yet: call `await init()` first, once, before anything else",
    );
  }
  initSync(embedded());
  return glue;
}

let bytes = new Uint8Array();
let doubles = new Float64Array();

/**
 * The module's memory as bytes and as doubles. The views are valid until the next call into the module, which may grow it.
 *
 * @internal
 */
export function memoryViews(): { bytes: Uint8Array; doubles: Float64Array } {
  if (bytes.length === 0 && memory !== undefined) {
    bytes = new Uint8Array(memory.buffer); // a view is empty before the first call, and after the memory has grown
    doubles = new Float64Array(memory.buffer);
  }
  return { bytes, doubles };
}
