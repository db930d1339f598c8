/** The links of the page and of its documentation lead to files and headings that exist. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { DIST } from "./support/page.mjs";

const pages = ["index.html", ...readdirSync(join(DIST, "docs")).map((name) => `docs/${name}`)];
const read = (name) => readFileSync(join(DIST, name), "utf8");
const linksIn = (html) => Array.from(html.matchAll(/<(?:a|link) [^>]*href="([^"]+)"/g), ([, href]) => href);

test("the page leads to its documentation", () => {
  const links = linksIn(read("index.html")).filter((href) => href.startsWith("docs/"));
  assert.ok(links.length >= 5, links.join());
});

for (const name of pages) {
  test(`the links of ${name}`, () => {
    const html = read(name);
    const links = linksIn(html);
    assert.ok(links.length > 1);
    for (const link of links.filter((href) => !href.startsWith("https://"))) {
      const [file, heading] = link.split("#");
      const target = file === "" ? join(DIST, name) : join(DIST, dirname(name), file);
      assert.ok(existsSync(target), `${name}: ${link}`);
      if (heading !== undefined)
        assert.ok(readFileSync(target, "utf8").includes(`id="${heading}"`), `${name}: ${link}`);
    }
    if (name !== "index.html") assert.doesNotMatch(html, /<(?:script|style|img)\b/i);
  });
}
