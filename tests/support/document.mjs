// The files that a document contains: blocks of code whose first line says `file=` and a path.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The text of a page in docs/. */
export const pageOf = (name) => readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");

/** The sections of a page in docs/ that have files: `{heading: {path: text}}`. */
export function filesOf(name) {
  const sections = {};
  for (const section of pageOf(name).split(/^## /m).slice(1)) {
    const blocks = [...section.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)];
    if (blocks.length > 0)
      sections[section.split("\n")[0]] = Object.fromEntries(blocks.map(([, path, code]) => [path, code]));
  }
  return sections;
}
