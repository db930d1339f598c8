// Checks the direction of imports: a folder imports only folders that stand after it, and no two import each other. Each list
// goes from the top to the bottom. Files at the top of pkg/src belong to one of its rooms.

import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "../setup/run.mjs";

const CORE = [
  ["lib"],
  ["wasm"],
  ["options"],
  ["counting"],
  ["contract"],
  ["records"],
  ["calendar"],
  ["json"],
  ["collections"],
  ["error", "message", "leb128", "output"],
];

const PACKAGE = [
  ["command"],
  ["service"],
  ["audit"],
  ["collect"],
  ["handler"],
  ["web", "edge", "part-worker", "part-worker-node"],
  ["slim", "commonjs"],
  ["index"],
  ["module"],
  ["threads"],
  ["reconcile", "parts"],
  ["counting"],
  ["periods", "validate", "entity-tag"],
  ["looks"],
  ["error-response"],
  ["markup"],
  ["bridge"],
  ["errors"],
  ["zone-hint"],
  ["types", "contract", "constants", "edit-distance", "local-dates"],
];

/** Every import that goes the wrong way, in words. `files` maps paths below the folder to their texts. */
export function wrongImports(files, levels, importsOf) {
  const level = new Map(levels.flatMap((rooms, n) => rooms.map((room) => [room, n])));
  const wrong = [];
  for (const [path, text] of files) {
    const from = roomOf(path);
    if (!level.has(from)) wrong.push(`${path}: the list of rooms does not have ${from}`);
    for (const { room: to, line } of importsOf(path, text)) {
      if (to === from) continue;
      if (!level.has(to)) wrong.push(`${path}:${line}: the list of rooms does not have ${to}`);
      else if (level.get(to) < level.get(from)) wrong.push(`${path}:${line}: ${from} must not import ${to}`);
    }
  }
  return wrong;
}

const roomOf = (path) => path.split("/")[0].replace(/\.(rs|ts|d\.ts)$/, "");

/** The rooms that a Rust file names: `crate::room` outside of comments and tests. */
export function rustImports(_path, text) {
  const code = text.split(/^#\[cfg\((?:test|all\(test)/m)[0];
  return code.split("\n").flatMap((line, n) => {
    if (/^\s*\/\//.test(line)) return [];
    return [...line.matchAll(/\bcrate::(\w+)/g)].map(([, room]) => ({ room, line: n + 1 }));
  });
}

/** The rooms that a TypeScript file imports by a relative path. */
export function typescriptImports(path, text) {
  return text.split("\n").flatMap((line, n) => {
    if (/^\s*(\*|\/\/)/.test(line)) return [];
    return [...line.matchAll(/(?:from|import) "(\.[^"]+)"/g)].flatMap(([, to]) => {
      const target = posix.normalize(posix.join(posix.dirname(path), to));
      return target.startsWith("..") ? [] : [{ room: roomOf(target.replace(/\.js$/, ".ts")), line: n + 1 }];
    });
  });
}

/** The sources below a folder, but for files that hold tests alone. */
function sources(folder, ending) {
  const path = join(root, folder);
  const names = readdirSync(path, { recursive: true }).filter((name) => name.endsWith(ending));
  return names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => !/(^|\/)tests\.rs$/.test(name))
    .map((name) => [name, readFileSync(join(path, name), "utf8")]);
}

/** Every wrong import of the project. */
export function projectImports() {
  return [
    ...wrongImports(sources("src", ".rs"), CORE, rustImports).map((wrong) => `src/${wrong}`),
    ...wrongImports(sources("pkg/src", ".ts"), PACKAGE, typescriptImports).map((wrong) => `pkg/src/${wrong}`),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const wrong = projectImports();
  for (const line of wrong) console.error(line);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
