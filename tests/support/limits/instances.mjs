// Watches the instances of the module: counts their calls, fills the stack before a call, and makes growths of their memory fail.
// Import this file before the package.

import { nearTheEnd } from "./near-the-end.mjs";

const { Instance } = WebAssembly;

/** The number of instances that have been made. */
let made = 0;
/** How often each exported function was called, while calls are watched. */
let calls;
/** Says by the name of a function and the number of the call of it whether the stack is full then: by how many frames before its end. */
let fullFor = () => undefined;
/** Decides by the number of the growth whether it fails. */
let fails = () => false;
let growths = 0;
/** The memories, while they are watched. */
let memories;

WebAssembly.Instance = class extends Instance {
  constructor(module, imports) {
    const pre = imports?.env?.memory_grow_pre;
    if (pre === undefined) throw new Error("the module has no import env.memory_grow_pre");
    const asked = (id, pages) => (fails(++growths) ? -1 : pre(id, pages));
    super(module, { ...imports, env: { ...imports.env, memory_grow_pre: asked } });
    made++;
    memories?.push(new WeakRef(this.exports.memory));
    if (calls === undefined) return;
    const watched = ([name, value]) => [name, typeof value === "function" ? watching(name, value) : value];
    Object.defineProperty(this, "exports", { value: Object.fromEntries(Object.entries(this.exports).map(watched)) });
  }
};

const watching =
  (name, call) =>
  (...args) => {
    const count = (calls.get(name) ?? 0) + 1;
    calls.set(name, count);
    const back = fullFor(name, count);
    if (back === undefined) return call(...args);
    const { got, error } = nearTheEnd(back, spread, { call, args });
    if (error !== undefined) throw error;
    return got;
  };

const spread = ({ call, args }) => call(...args);

/** Counts the calls of exported functions from now on, in new instances. The stack may be full for some calls. */
export function countCalls(isFull = () => undefined) {
  calls = new Map();
  fullFor = isFull;
  return calls;
}

/** Makes growths fail from now on, and begins to count them from 1. */
export function failGrowths(decide) {
  fails = decide;
  growths = 0;
}

/** The number of growths since {@link failGrowths}. */
export const growthsSoFar = () => growths;

export const instancesMade = () => made;

/** Watches the memories of new instances. A memory can't be collected before the present task ends, so a long task must not watch. */
export function watchMemories() {
  memories = [];
}

/** The watched memories that have not been collected, in bytes each. */
export const livingMemories = () => memories.flatMap((memory) => memory.deref()?.buffer.byteLength ?? []);
