import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import type { Plugin } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The Markdown files that become pages, with the names of the pages. */
function pages(): Map<string, string> {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  const named = docs.map((name): [string, string] => [join(root, "docs", name), name.replace(/\.md$/, ".html")]);
  return new Map([
    ...named,
    [join(root, "pkg/README.md"), "package.html"],
    [join(root, "worker/README.md"), "worker-ready.html"],
  ]);
}

/** The documentation as pages beside the page, so that its links lead somewhere wherever the page is hosted. */
export function documentation(policy: string): Plugin {
  return {
    name: "documentation",
    // A project without an address has no link to its source.
    transformIndexHtml: (html) => html.replace("<!-- source -->", sourceLink()),
    generateBundle() {
      const styles = ["tokens", "docs"].map((name) => readFileSync(join(root, `www/src/styles/${name}.css`), "utf8"));
      this.emitFile({ type: "asset", fileName: "docs.css", source: styles.join("\n") });
      const all = pages();
      for (const [path, name] of all) {
        this.emitFile({ type: "asset", fileName: `docs/${name}`, source: pageOf(path, all, policy) });
      }
    },
  };
}

function sourceLink(): string {
  const { repository } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
  const url: string | undefined = typeof repository === "string" ? repository : repository?.url;
  const address = url?.replace(/^git\+/, "").replace(/\.git$/, "");
  return address?.startsWith("https://") ? `<a href="${escaped(address)}">Source</a>` : "";
}

function pageOf(path: string, all: Map<string, string>, policy: string): string {
  const text = readFileSync(path, "utf8");
  const title = /^# (.+)$/m.exec(text)?.[1] ?? basename(path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)} · Usage by agent</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="../favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="../docs.css">
</head>
<body>
<nav><a href="../">Usage by agent</a></nav>
<main>
${htmlOf(text, path, all)}</main>
</body>
</html>
`;
}

function htmlOf(text: string, path: string, all: Map<string, string>): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const to = addressOf(href, path, all);
        const words = this.parser.parseInline(tokens);
        return to === undefined ? words : `<a href="${escaped(to)}">${words}</a>`;
      },
      table(token) {
        const row = (cells: typeof token.header, tag: string) =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("")}</tr>\n`;
        const body = token.rows.map((cells) => row(cells, "td")).join("");
        return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead>${row(token.header, "th")}</thead><tbody>${body}</tbody></table></div>\n`;
      },
      code({ text }) {
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
      },
    },
  });
  return marked.parse(text, { async: false });
}

/** The address of a link in a page. A file of the project that is not a page has none, and its link becomes text. */
function addressOf(href: string, path: string, all: Map<string, string>): string | undefined {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [file = "", heading] = href.split("#");
  const target = resolve(dirname(path), file);
  if (!existsSync(target)) throw new Error(`${relative(root, path)}: there is no ${href}`);
  const page = all.get(target);
  return page && `${page}${heading === undefined ? "" : `#${heading}`}`;
}

/** The anchor of a heading, as code hosts make it. */
function idOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
