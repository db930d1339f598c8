/**
 * Makes the files of this folder. The vendor's own clients read what a small server answers, and their objects are written as
 * JSON, as a program does that keeps them.
 *
 *     node tests/payloads/make.mjs
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgentPhoneClient } from "agentphone";
import { startPython } from "../support/python.mjs";
import { ANSWERS, METHODS, WEBHOOKS } from "./wire.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The webhooks that are also written in snake_case, and as PyPI's client gives them: one of each kind. */
const ONE_OF_EACH = Object.fromEntries(
  [
    "imessage",
    "sms-without-id",
    "sms-without-received-at",
    "voice-turn",
    "call-ended",
    "call-ended-web",
    "reaction",
    "contact-shared",
    "test-delivery",
    "test-mode",
  ].map((name) => [name, WEBHOOKS[name]]),
);

/** The files' texts by name. */
export async function payloads() {
  const server = createServer(({ url }, response) => {
    const answer = ANSWERS[url.split("?")[0]];
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${server.address().port}`;
  try {
    return { ...(await byNpm(base)), ...(await byPyPI(base)), ...asSent(), ...asKept() };
  } finally {
    server.close();
  }
}

async function byNpm(base) {
  const client = new AgentPhoneClient({ token: "sk_example", baseUrl: base });
  const texts = {};
  for (const [name, ask] of METHODS) texts[`npm-${name}.json`] = JSON.stringify(await ask(client), null, 2);
  return texts;
}

async function byPyPI(base) {
  const calls = Object.fromEntries(METHODS.map(([name, , path]) => [`pypi-${name}.json`, path]));
  const webhooks = Object.fromEntries(
    Object.entries(ONE_OF_EACH).map(([name, hook]) => [`pypi-webhook-${name}.json`, hook]),
  );
  const child = await startPython([join(folder, "make.py")]);
  child.stdin.end(JSON.stringify({ base, calls, webhooks }));
  return JSON.parse(Buffer.concat(await child.stdout.toArray()).toString());
}

const withPrefix = (prefix, webhooks, make) =>
  Object.fromEntries(
    Object.entries(webhooks).map(([name, hook], n) => [
      `${prefix}-${name}.json`,
      JSON.stringify(make(hook, n), null, 2),
    ]),
  );

const asSent = () => ({
  ...withPrefix("webhook", WEBHOOKS, (hook) => hook),
  ...withPrefix("snake", ONE_OF_EACH, (hook) => inSnakeCase(hook)),
});

/** What n8n's webhook node gives. Its headers are in lower case, and they name the delivery. */
function asKept() {
  const kept = (hook, n) => ({
    headers: {
      host: "n8n.example.com",
      "content-type": "application/json",
      "x-webhook-id": `dlv_${String(n).padStart(4, "0")}`,
      "x-webhook-event": hook.event,
      "x-webhook-timestamp": "1749493231",
      "x-webhook-signature": `sha256=${"0".repeat(64)}`,
    },
    params: {},
    query: {},
    body: hook,
    webhookUrl: "https://n8n.example.com/webhook/agentphone",
    executionMode: "production",
  });
  const again = kept(WEBHOOKS["sms-without-id"], 900);
  const shouted = { ...again, headers: { "X-Webhook-ID": again.headers["x-webhook-id"] } };
  return {
    ...withPrefix("n8n", WEBHOOKS, kept),
    // Three deliveries of one event, and another event with equal content.
    "n8n-redelivered.json": JSON.stringify([again, again, shouted, kept(WEBHOOKS["sms-without-id"], 901)], null, 2),
    "n8n-exported-items.json": JSON.stringify([{ json: again }], null, 2), // not read: only the bare capture is
    "n8n-in-snake-case.json": JSON.stringify(kept(inSnakeCase(WEBHOOKS["call-ended"]), 902), null, 2),
  };
}

function inSnakeCase(value) {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  const named = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [named(name), inSnakeCase(inner)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(await payloads())) writeFileSync(join(folder, name), `${text}\n`);
}
