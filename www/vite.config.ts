import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { documentation } from "./documentation.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The sample is generated, never stored: the same seed gives the same bytes. */
function sample(): Plugin {
  return {
    name: "sample",
    buildStart() {
      execFileSync(process.execPath, [here("./sample.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
    },
  };
}

/**
 * The policy is written once, in `public/_headers`. A host that ignores that file still gets it from this meta tag,
 * less the directives that browsers honour in a header only. Builds only: the development server injects styles that
 * it would block.
 */
function policy(): Plugin {
  return {
    name: "policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: ofMeta() }, injectTo: "head-prepend" },
    ],
  };
}

/** The policy as a meta tag takes it. */
function ofMeta(): string {
  const header = /Content-Security-Policy: (.+)/.exec(readFileSync(here("./public/_headers"), "utf8"))?.[1];
  if (header === undefined) throw new Error("public/_headers has no Content-Security-Policy");
  return header
    .split(";")
    .map((directive) => directive.trim())
    .filter((directive) => directive !== "" && !directive.startsWith("frame-ancestors"))
    .join("; ");
}

/** Where `usage-by-agent serve` serves the scripts of the package itself. */
const PACKAGE = "/package/dist/web.js";

/** The page in the package uses the package's own script and module, so that the package does not contain them twice. */
function packagesOwn(): Plugin {
  return {
    name: "packages-own",
    enforce: "pre", // before the file is found
    resolveId: (id) => (id === "usage-by-agent" ? { id: PACKAGE, external: "absolute" } : null),
  };
}

/** The page of the service has styles that the other pages do not need, and counts nothing by itself. */
function pageOfService(): Plugin {
  const attrs = { rel: "stylesheet", href: "/src/styles/served.css" };
  const handler = (html: string) => ({
    html: html.replace("Counted in your browser.", "Counted from webhooks."),
    tags: [{ tag: "link", attrs, injectTo: "head" as const }],
  });
  return { name: "page-of-service", transformIndexHtml: { order: "pre", handler } };
}

/**
 * Without a mode, the page that counts files. The mode `served` builds the page of `usage-by-agent serve`, and the mode `service` that of
 * the Worker's service. The latter is put beside the page that counts files, which has the other files already.
 */
export default defineConfig(({ mode }) => {
  const isServed = mode === "served" || mode === "service";
  return {
    root: here("."),
    define: { SERVED: JSON.stringify(isServed), SERVICE: JSON.stringify(mode === "service") },
    // Relative addresses: the page works at a site's root and in any folder of one.
    base: "./",
    publicDir: mode === "service" ? false : "public",
    plugins: [
      ...(mode === "service" ? [pageOfService()] : [sample()]),
      policy(),
      ...(isServed ? [] : [documentation(ofMeta())]),
    ],
    worker: { format: "es", plugins: () => (mode === "served" ? [packagesOwn()] : []) },
    build: {
      target: "es2022",
      outDir: "dist",
      emptyOutDir: true,
      // Inlined assets would be data: URLs, which the policy refuses for scripts and styles.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Making the sample takes most of the time, and need not be remarked upon.
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  };
});
