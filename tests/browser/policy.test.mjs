/** The page's content security policy: strict, on every response, and equal in the header and in the page. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { DIST, start } from "./support/page.mjs";

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const directives = (policy) => policy.split(";").map((directive) => directive.trim());

test("every file is served with the policy, also the worker's script", async () => {
  const assets = readdirSync(`${DIST}/assets`).map((name) => `/assets/${name}`);
  assert.ok(assets.some((name) => name.includes("worker")));
  for (const path of ["/", "/sample.ndjson.gz", ...assets]) {
    const { ok, headers } = await fetch(site.origin + path);
    assert.ok(ok, path);
    assert.deepEqual(directives(headers.get("content-security-policy")), POLICY);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.has("cache-control"), path.startsWith("/assets/"));
  }
});

test("the page contains the policy except for header-only directives, and no inline code", async () => {
  const { page, close } = await site.open();
  const meta = await page.getAttribute("meta[http-equiv=Content-Security-Policy]", "content");
  assert.deepEqual(directives(meta), POLICY.slice(0, -1));
  const html = await (await fetch(site.origin)).text();
  assert.doesNotMatch(html, /<style|style=|<script(?![^>]*src=)|\son\w+=/i);
  await close();
});

test("the policy blocks what it forbids", async () => {
  const { page, faults, close } = await site.open();
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "https://elsewhere.example/";
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(image, script);
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  const missing = () => ["img-src", "script-src"].filter((name) => !faults.some((fault) => fault.includes(name)));
  for (let i = 0; missing().length > 0 && i < 600; i++) await page.waitForTimeout(100);
  assert.deepEqual(missing(), [], faults.join("\n"));
  faults.length = 0;
  await close();
});
