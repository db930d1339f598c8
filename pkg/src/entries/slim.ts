// No module at all: `await init(source)` says where it is.
export * from "../index.js";
export { default } from "../index.js";
