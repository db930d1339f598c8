// Settings of TypeDoc: the entries are those of the package's exports map.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/run.mjs";

const pkg = join(root, "pkg");
const { exports } = JSON.parse(readFileSync(join(pkg, "package.json"), "utf8"));

/** The source of an entry's types. The files of the module and of the OpenAPI document have none. */
const sourceOf = ({ types }) =>
  (types?.default ?? types)?.replace("./dist/types/", `${pkg}/src/`).replace(/\.d\.ts$/, ".ts");

export default {
  entryPoints: Object.values(exports)
    .map(sourceOf)
    .filter((path) => path && existsSync(path)),
  tsconfig: join(pkg, "tsconfig.json"),
  readme: join(pkg, "README.md"),
  name: "usage-by-agent",
  includeVersion: true,
  disableSources: true, // the project has no address yet
  githubPages: false,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true },
  requiredToBeDocumented: ["Function", "Class", "Interface", "TypeAlias", "Method", "Variable"],
};
