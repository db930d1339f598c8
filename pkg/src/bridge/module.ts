// Loads the one instance of the WebAssembly module, and gives the error if it is not loaded yet.

import * as glue from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import { isResponse } from "./bodies.js";
import { bytesOf, said } from "./values.js";

/** The WebAssembly module: its URL, a request or a response for it, its bytes, or the compiled module. */
export type ModuleSource = URL | string | Request | Response | BufferSource | WebAssembly.Module;

let ready = false;
let memory: WebAssembly.Memory | undefined;
let pending: Promise<void> | undefined;
let defaultSource: (() => ModuleSource) | undefined;

/** Sets the module, for entries that contain it. Does nothing if a module is loaded already. */
export function initSync(module: BufferSource | WebAssembly.Module): void {
  if (ready) return;
  memory = glue.initSync({ module }).memory;
  ready = true;
}

/** Sets the default source of {@link init}, for entries that know where the module is. */
export function setDefaultSource(source: () => ModuleSource): void {
  defaultSource = source;
}

/**
 * Loads the WebAssembly module. Call it once before anything else in a browser without a bundler, and with
 * `usage-by-agent/slim`. Everywhere else the module is loaded already and the call does nothing. Further calls do no harm.
 *
 * @param source the module: a URL, a `Request`, a `Response`, bytes or a `WebAssembly.Module`. Default: the file beside this one;
 *   `usage-by-agent/slim` has no default.
 * @returns a promise that resolves when the module is loaded
 * @throws {UsageError} `not_initialised`, if the module can't be loaded; a further call tries again
 *
 * @example
 * ```ts
 * import init, { periodBounds } from "../node_modules/usage-by-agent/dist/entries/web.js";
 * await init();
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
    const given = (await source) ?? defaultSource?.();
    if (given === undefined) throw new Error("no source was given; wanted a URL, bytes or a WebAssembly.Module");
    const module = await compiled(given);
    // The glue would accept any module, so one that is not ours is refused first.
    const isOurs = WebAssembly.Module.exports(module).some(({ name }) => name === "inferConvention");
    if (!isOurs) throw new Error("it is not the module of usage-by-agent");
    initSync(module);
  } catch (cause) {
    throw new UsageError("not_initialised", `the WebAssembly module could not be loaded: ${said(cause)}`, { cause });
  }
}

async function compiled(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const bytes = bytesOf(source) ?? (ArrayBuffer.isView(source) ? source : undefined);
  if (bytes !== undefined) return WebAssembly.compile(bytes as BufferSource);
  const response = isResponse(source) ? source : await fetch(source as URL | string | Request);
  if (!response.ok) throw new Error(`the response's status is ${response.status}`);
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm") ?? false;
  // Streaming compilation requires this type, which many servers do not send, and a response of the runtime.
  return isWasm && response instanceof Response
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * The core.
 *
 * @throws {UsageError} `not_initialised`, if the module is not loaded
 */
export function core(): typeof glue {
  if (!ready) {
    throw new UsageError(
      "not_initialised",
      "the WebAssembly module is not loaded yet: call `await init()` first, once, before anything else",
    );
  }
  return glue;
}

let bytes = new Uint8Array();
let doubles = new Float64Array();

/** The module's memory as bytes and as doubles. The views are valid until the next call into the module, which may grow it. */
export function memoryViews(): { bytes: Uint8Array; doubles: Float64Array } {
  if (bytes.length === 0 && memory !== undefined) {
    bytes = new Uint8Array(memory.buffer); // a view is empty before the first call, and after the memory has grown
    doubles = new Float64Array(memory.buffer);
  }
  return { bytes, doubles };
}
