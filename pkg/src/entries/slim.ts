// The entry without a module. The caller passes the module to `await init(source)`.
export * from "../index.js";
export { default } from "../index.js";
