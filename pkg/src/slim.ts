/**
 * The entry without a module. All entries of ES modules are made of it, so that they share one instance of the module.
 *
 * @module
 */

/** @internal */
export { provide } from "./bridge/module.js";
/** @internal */
export { PartCounter } from "./counting/counter.js";
export * from "./index.js";
export { default } from "./index.js";
