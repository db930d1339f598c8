// Globals that Node has and a test environment such as Jest's jsdom takes away. The build puts them into the script of CommonJS.

export { TextDecoder, TextEncoder } from "node:util";
