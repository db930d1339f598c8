// The entry for CommonJS.

import { provide } from "./bridge/module.js";
import { embedded } from "./module/file.js";

provide(embedded);

export * from "./index.js";
export { default } from "./index.js";
