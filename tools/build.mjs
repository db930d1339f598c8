// `npm run build`: builds the module, the package, the page and the Worker.

import { buildAll } from "./build/all.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { fail } from "./setup/run.mjs";

try {
  await buildAll(await setUp(BUILD));
} catch (error) {
  fail(error);
}
