/** Gzip data of several members is read whole in Chromium and in Firefox, or it is damaged. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DAMAGED, someMembers, WHOLE } from "../support/gzip-members.mjs";
import { launch } from "./support/browser.mjs";
import { openFirefox } from "./support/firefox.mjs";
import { PKG } from "./support/page.mjs";
import { serve } from "./support/server.mjs";

const random = Array.from({ length: 30 }, (_, n) => ({ what: `seed ${n + 1}`, ...someMembers(n + 1) }));
const CASES = [...WHOLE, ...random, ...DAMAGED];

/** The program of the page: the text of each case, or the code of its error, in small chunks and in one. */
const PAGE = `<!doctype html><title>Gzip</title><link rel=icon href=data:,><script type=module>
  import { decompressed } from "/pkg/dist/web.js";
  async function read(bytes, most) {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
    }
    const reader = decompressed(chunks()).getReader();
    try {
      for (let text = ""; ; ) {
        const { done, value } = await reader.read();
        if (done) return text;
        for (const byte of value) text += String.fromCharCode(byte);
      }
    } catch (error) {
      return error.code;
    }
  }
  const results = [];
  for (let n = 0; n < ${CASES.length}; n++) {
    const bytes = new Uint8Array(await (await fetch(n + ".bin")).arrayBuffer());
    for (const most of [bytes.length > 5000 ? 1000 : 1, 1e6]) results.push(await read(bytes, most));
  }
  window.results = results;
</script>`;

const folder = mkdtempSync(join(tmpdir(), "usage-gzip-"));
let server;
before(async () => {
  writeFileSync(join(folder, "index.html"), PAGE);
  for (const [n, { zipped }] of CASES.entries()) writeFileSync(join(folder, `${n}.bin`), zipped);
  server = await serve({ "/": folder, "/pkg/": PKG });
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function assertRead(got) {
  for (const [n, { what, text = "invalid_json" }] of CASES.entries()) {
    assert.equal(got[2 * n], text, `${what}, in small chunks`);
    assert.equal(got[2 * n + 1], text, what);
  }
}

test("Chromium reads gzip data of several members", async () => {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => window.results !== undefined, undefined, { timeout: 120_000 });
    assertRead(await page.evaluate(() => window.results));
  } finally {
    await browser.close();
  }
});

test("Firefox reads gzip data of several members", async () => {
  const firefox = await openFirefox();
  try {
    await firefox.goto(`${server.origin}/`);
    assertRead(await firefox.valueOf("window.results"));
  } finally {
    await firefox.close();
  }
});
