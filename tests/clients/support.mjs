/** What these tests share: the Worker, FastAPI, and Python programs. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startPython } from "../support/python.mjs";

/** The token that `upstream.py` and the Workers of these tests know, and one that they do not. */
export const TOKEN = "tok_good";
export const BAD_TOKEN = "tok_bad";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The five endpoints, and a question for each that any of them can answer. */
export const QUESTIONS = {
  "by-agent": "/v1/usage/by-agent?period=month",
  usage: "/v1/usage",
  daily: "/v1/usage/daily",
  monthly: "/v1/usage/monthly",
  "by-number": "/v1/usage/by-number",
};

/** `upstream.py` on a port of its own. */
export async function startFastApi() {
  const child = await startPython([here("upstream.py")]);
  const ended = once(child, "close");
  const [port] = await Promise.race([once(child.stdout, "data"), ended]);
  assert.match(String(port), /^\d+\n$/, "upstream.py did not start");
  const base = `http://127.0.0.1:${Number(port)}`;
  return {
    base,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** One request of an address below `base`, with the token. */
export async function ask(base, path, { token = TOKEN } = {}) {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, base), { headers, redirect: "manual" });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, json: () => JSON.parse(bytes.toString()) };
}

/** Runs a Python program of this folder to its end: `input` goes in as JSON, and JSON comes out. */
export async function runPython(script, input) {
  const child = await startPython([here(script)]);
  const said = [];
  child.stdout.on("data", (data) => said.push(data));
  child.stdin.end(JSON.stringify(input));
  const [status] = await once(child, "close");
  assert.equal(status, 0, `${script} ended with ${status}`);
  return JSON.parse(Buffer.concat(said).toString());
}
