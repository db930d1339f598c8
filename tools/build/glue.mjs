// Turns the glue that wasm-bindgen writes into a factory, so that one compiled module can have several instances.
//
// wasm-bindgen keeps the instance in variables of the glue's module. Here all of its code becomes the body of a function, and each
// call of the function has variables of its own. What is not recognised fails the build: a newer wasm-bindgen may write another form.

import { Failed } from "../setup/run.mjs";

/** The functions of the glue that choose how the module is loaded. The package loads it by itself. */
const LOADERS = [
  "async function __wbg_load(",
  "function initSync(",
  "async function __wbg_init(",
  "async function __wbg_init_once(",
];

/** The rest of the glue that only loaders use, and what it exports beside the core's own functions and classes. */
const LOADING = ["let __wbg_init_promise;\n", "export { initSync, __wbg_init as default };\n"];

/** What the factory gives beside the core's functions and classes: the name, and the glue's own function. */
const OWN = { imports: "__wbg_get_imports", finalize: "__wbg_finalize_init" };

/**
 * The factory as JavaScript.
 *
 * @param glue the text that wasm-bindgen wrote for the target `web`
 * @throws {Failed} if the glue does not have the known form
 */
export function factoryOf(glue) {
  let body = glue;
  for (const loader of LOADERS) body = without(body, loader);
  for (const line of LOADING) body = once(body, line, "");
  const { classes, functions } = exportedBy(body);
  body = body.replace(/^export (?=class |function )/gm, "");

  if (/^\s*(?:import|export)\b|\bimport[.(]/m.test(body)) fail("it imports or exports something else");
  if (!body.includes("function __wbg_get_imports() {\n")) fail("it has no function that gives the imports");
  if (!body.includes("function __wbg_finalize_init(instance, module) {\n"))
    fail("it has no function that takes the instance");
  const finalizers = body.split("(typeof FinalizationRegistry === 'undefined')").length - 1;
  if (finalizers !== classes.length || finalizers !== body.split("new FinalizationRegistry(").length - 1) {
    fail(`it has ${finalizers} finalizers that can be switched off, and ${classes.length} classes`);
  }

  const given = [...Object.entries(OWN).map((pair) => pair.join(": ")), ...classes, ...functions];
  return `/** The glue of one more instance. It is made from what wasm-bindgen wrote, by tools/build/glue.mjs. */
export function createGlue() {
// The package frees objects by itself: an object of an instance that has ended must not be freed.
const FinalizationRegistry = undefined;
${body.trim()}

return { ${given.join(", ")} };
}
`;
}

/**
 * The types of the factory.
 *
 * @param types the declarations that wasm-bindgen wrote for the target `web`
 * @throws {Failed} if they do not have the known form
 */
export function factoryTypesOf(types) {
  const end = types.indexOf("export type InitInput = ");
  if (end < 0) fail("its types do not end with those of loading");
  const { classes, functions } = exportedBy(types.slice(0, end));
  const declared = types.slice(0, end).replace(/^export (?=class |function )/gm, "declare ");
  const member = (name) => `    readonly ${name}: typeof ${name};`;
  return `${declared.trim()}

export type { ${classes.join(", ")} };

/** The glue of one instance. */
export interface Glue {
${[...classes, ...functions].map(member).join("\n")}
    /** What the instance imports from the glue. */
    imports(): WebAssembly.Imports;
    /** Takes the instance and starts it. From then on the rest may be called. */
    finalize(instance: { exports: object }): { memory: WebAssembly.Memory };
}

export function createGlue(): Glue;
`;
}

/** The classes and functions that are exported, by their names. */
function exportedBy(text) {
  const named = (kind) => Array.from(text.matchAll(new RegExp(`^export ${kind} (\\w+)`, "gm")), ([, name]) => name);
  const [classes, functions] = [named("class"), named("function")];
  const clash = [...classes, ...functions].find((name) => name in OWN);
  if (clash !== undefined) fail(`the core exports ${clash}, which is a name of the factory's own`);
  if (classes.length === 0 || functions.length === 0) fail("it exports no class or no function");
  return { classes, functions };
}

/** The text without a function of the outermost level, which ends with the first brace at the beginning of a line. */
function without(text, head) {
  const start = text.indexOf(`\n${head}`);
  const end = text.indexOf("\n}\n", start + 1);
  if (start < 0 || end < 0 || text.indexOf(`\n${head}`, start + 1) >= 0) fail(`it does not have one ${head}…)`);
  return text.slice(0, start) + text.slice(end + 2);
}

/** Replaces a text that must occur exactly once. */
function once(text, from, to) {
  if (text.split(from).length !== 2) fail(`it does not have this once: ${from.trim()}`);
  return text.replace(from, to);
}

function fail(what) {
  throw new Failed(`The glue of wasm-bindgen has another form than tools/build/glue.mjs knows: ${what}.`);
}
