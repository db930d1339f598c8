// Checks npm's lock file without the network: where packages come from, and under which licences.

/** The licences of tools that the project uses for development. Only what `tools/build/notices.mjs` lists is published. */
const LICENCES = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "CC0-1.0",
  "CC-BY-4.0",
  "BlueOak-1.0.0",
  "Python-2.0",
  "Unlicense",
  "MPL-2.0",
  "LGPL-3.0-or-later", // libvips, which miniflare has for images
]);

/** Packages that name no licence: the vendor's client, which the tests run. Nothing of it is published. */
const WITHOUT_LICENCE = new Set(["node_modules/agentphone"]);

/** What is wrong with the packages of a lock file, in words. */
export function wrongPackages({ packages }) {
  return Object.entries(packages).flatMap(([path, entry]) => {
    // A folder of this project, or a link to one.
    if (entry.link || !path.includes("node_modules/")) return [];
    const wrong = [];
    // Without a place, npm takes the package from the registry. One from Git, a URL or a file has a place.
    if (entry.resolved !== undefined && !entry.resolved.startsWith("https://registry.npmjs.org/")) {
      wrong.push(`${path} comes from ${entry.resolved}: wanted the registry of npm`);
    }
    if (!/^sha512-/.test(entry.integrity ?? "")) wrong.push(`${path} has no SHA-512 hash`);
    const isKnown = entry.license === undefined && WITHOUT_LICENCE.has(path);
    if (!isKnown && !isAllowed(entry.license))
      wrong.push(`${path} has the licence ${entry.license ?? "(none)"}, which is not listed`);
    return wrong;
  });
}

/** Whether an SPDX expression allows one of the licences: one side of an OR, and both sides of an AND. */
function isAllowed(expression) {
  if (typeof expression !== "string") return false;
  const inner = expression.replace(/^\((.*)\)$/, "$1");
  return inner
    .split(" OR ")
    .some((side) => side.split(" AND ").every((licence) => LICENCES.has(licence.replace(/[()]/g, ""))));
}
