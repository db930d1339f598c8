// The one instance of the module: how it comes to be, and the error when it is not there yet.

import * as glue from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import { said } from "./values.js";

/** The module, or where it is: a URL, a response, its bytes, or compiled. */
export type ModuleSource = URL | string | Request | Response | BufferSource | WebAssembly.Module;

let ready = false;
let memory: WebAssembly.Memory | undefined;
let pending: Promise<void> | undefined;
let defaultSource: (() => ModuleSource) | undefined;

/** For entries that have the module at hand. */
export function initSync(module: BufferSource | WebAssembly.Module): void {
  if (ready) return;
  memory = glue.initSync({ module }).memory;
  ready = true;
}

/** For entries that know where the module is. */
export function setDefaultSource(source: () => ModuleSource): void {
  defaultSource = source;
}

/**
 * Loads the module. Needed once, before anything else, in a browser without a bundler and with `usage-by-agent/slim`;
 * everywhere else the module is there already and this does nothing. Calling it again is harmless.
 *
 * @param source the module: a URL, a `Response`, bytes or a `WebAssembly.Module`. Default: the file beside this one;
 *   with `usage-by-agent/slim` there is none.
 * @throws {UsageError} `not_initialised`, when the module can't be had from there; another call tries again
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
    if (given === undefined) throw new Error("nothing was given; wanted its URL, its bytes or a WebAssembly.Module");
    const module = await compiled(given);
    // The glue would keep whatever it gets: another module, or one of another version, is refused before.
    const isOurs = WebAssembly.Module.exports(module).some(({ name }) => name === "inferConvention");
    if (!isOurs) throw new Error("it is another module");
    initSync(module);
  } catch (cause) {
    throw new UsageError("not_initialised", `the WebAssembly module could not be loaded: ${said(cause)}`, { cause });
  }
}

async function compiled(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(source);
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) throw new Error(`the answer's status is ${response.status}`);
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm") ?? false;
  // Streaming takes no other type; servers that do not know the type are common.
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** The core, or the error that says how to get it. */
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

/** The module's memory, as bytes and as doubles. Only until the next call into the module, which may make it grow. */
export function memoryViews(): { bytes: Uint8Array; doubles: Float64Array } {
  if (bytes.length === 0 && memory !== undefined) {
    bytes = new Uint8Array(memory.buffer); // a view is empty before there is one, and once memory has grown
    doubles = new Float64Array(memory.buffer);
  }
  return { bytes, doubles };
}
