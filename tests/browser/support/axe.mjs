/** axe-core in a page: what people with disabilities could not use, see or understand. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every violation, as the rule with the elements. */
export async function violationsIn(page) {
  // The page's policy allows no further script in it. An evaluation is not of the page.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, any, all }) =>
          `${id}: ${target.join(" ")} (${[...any, ...all].map(({ message }) => message).join("; ")})`,
      ),
    );
  });
}
