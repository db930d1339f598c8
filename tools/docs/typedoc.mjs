// The command that writes the package's API reference, or only checks it.

import { join } from "node:path";
import { root } from "../setup/run.mjs";

const bin = join(root, "tools/docs/node_modules/.bin/typedoc");

/** Where the reference is written. */
export const REFERENCE = join(root, ".generated/reference");

/** The program and its arguments. */
export const typedoc = (args) => [bin, ["--options", join(root, "tools/docs/typedoc.config.mjs"), ...args]];
