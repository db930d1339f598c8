// The recipes of docs/recipes.md. The code is read from that page.

import { filesOf } from "../support/document.mjs";
import { WORKS } from "./program.mjs";
import { ask } from "./servers.mjs";

const recipes = filesOf("recipes.md");
const records = recipes.Records["records.js"];
const esm = { "package.json": { type: "module" } };
const TOKEN = "secret";
const AUTHORIZED = { headers: { authorization: `Bearer ${TOKEN}` } };

/** Asks a built server for its report and its page, with the token and without it. */
const askServer = (command) =>
  ask(
    command,
    [],
    { USAGE_TOKEN: TOKEN },
    `
  const get = (path, init) => fetch("http://127.0.0.1:" + port + path, init);
  const report = "/v1/usage/by-agent?period=month&tz=Europe/Paris";
  const refused = await get(report);
  if (refused.status !== 401) bad.push("without a token: " + refused.status);
  const answer = await get(report, ${JSON.stringify(AUTHORIZED)});
  const text = await answer.text();
  if (!text.includes('"agentName":"Support","messages":1')) bad.push(answer.status + ": " + text);
  const usage = await get("/v1/usage", ${JSON.stringify(AUTHORIZED)});
  if (!(await usage.text()).includes("account_unknown")) bad.push("/v1/usage: " + usage.status); // the recipe gives no account
  const page = await (await get("/")).text();
  if (!page.includes("Support: 1 messages")) bad.push("the page: " + page);
`,
  );

/** Opens the built page in Chromium, and chooses a file with one message. */
const browse = (folder) => `
import { launch } from ${JSON.stringify(new URL("../browser/support/browser.mjs", import.meta.url).href)};
import { serve } from ${JSON.stringify(new URL("../browser/support/server.mjs", import.meta.url).href)};
const server = await serve({ "/": ${JSON.stringify(folder)} });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(server.origin);
  const line = '{"id": "m1", "agentId": "a1", "agentName": "Support", "receivedAt": "2024-06-03T09:00:00Z"}';
  await page.setInputFiles("input[type=file]", { name: "records.ndjson", mimeType: "", buffer: Buffer.from(line) });
  await page.getByText("Support: 1 messages").waitFor();
  await page.setInputFiles("input[type=file]", { name: "notes.txt", mimeType: "", buffer: Buffer.from("Dear Sir") });
  await page.getByRole("alert").getByText("plain text").waitFor();
  console.log(${JSON.stringify(WORKS)});
} finally {
  await browser.close();
  server.close();
}
`;

const recipe = (heading, rest) => ({
  recipe: heading,
  name: `recipe, ${heading}`,
  ...rest,
  files: { ...recipes[heading], ...rest.files },
});

export const recipeConsumers = [
  recipe("Hono", {
    packages: { hono: "4" },
    quick: true,
    files: {
      ...esm,
      "records.js": records,
      "ask.js": `
        import app from "./app.js";
        process.env.USAGE_TOKEN = ${JSON.stringify(TOKEN)};
        const ask = (path, init) => app.request(path, init);
        const statuses = [];
        for (const path of ["/v1/usage/by-agent?period=month", "/v1/usage/daily?days=2", "/v1/usage"]) {
          statuses.push((await ask(path)).status, (await ask(path, ${JSON.stringify(AUTHORIZED)})).status);
        }
        const { data } = await (await ask("/v1/usage/by-agent?period=month", ${JSON.stringify(AUTHORIZED)})).json();
        console.log(data[0].messages === 1 && String(statuses) === "401,200,401,200,401,404" ? ${JSON.stringify(WORKS)} : statuses);
      `,
    },
    run: [[process.execPath, "ask.js"]],
  }),
  recipe("Next", {
    packages: { next: "16", react: "19", "react-dom": "19" },
    files: {
      "records.js": records,
      "yarn.lock": "", // marks the root of a project
      "next.config.mjs": "export default { turbopack: { root: import.meta.dirname } };",
      "ask.mjs": askServer(["node_modules/.bin/next", "start", "-p", "PORT"]),
    },
    run: [
      ["next", "build"],
      [process.execPath, "ask.mjs"],
    ],
  }),
  recipe("Nuxt", {
    packages: { nuxt: "4" },
    files: {
      ...esm,
      "server/utils/records.js": records,
      "yarn.lock": "",
      "nuxt.config.js": `export default defineNuxtConfig({ compatibilityDate: "2026-04-01", telemetry: false });`,
      "ask.mjs": askServer([process.execPath, ".output/server/index.mjs"]),
    },
    run: [
      ["nuxt", "build"],
      [process.execPath, "ask.mjs"],
    ],
  }),
  recipe("React", {
    packages: { vite: "8", react: "19", "react-dom": "19" },
    files: { ...esm, "browse.mjs": browse("dist") },
    run: [
      ["vite", "build", "--logLevel", "warn"],
      [process.execPath, "browse.mjs"],
    ],
  }),
  recipe("A script tag", {
    packages: {},
    files: { ...esm, "browse.mjs": browse(".") },
    run: [
      ["mkdir", "usage-by-agent"],
      ["cp", "-r", "node_modules/usage-by-agent/dist", "node_modules/usage-by-agent/wasm", "usage-by-agent/"],
      [process.execPath, "browse.mjs"],
    ],
  }),
  recipe("Jest", {
    packages: { jest: "30" },
    quick: true,
    run: [["jest", "--ci"]],
    says: /Tests:\s+1 passed, 1 total/,
  }),
];
