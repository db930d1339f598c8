/** A running `usage-by-agent serve`. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import process from "node:process";
import { after } from "node:test";
import { ENVIRONMENT, script } from "./command.mjs";

/** A guard against hanging, in milliseconds. No test passes or fails because of it. */
const HANG = 120_000;

/** Servers that a failed test has left would keep the tests from ending. */
const running = new Set();
after(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** The time that the tests' server takes for the present one, and its zone. */
export const CLOCK = ["--now", "2024-06-15T12:00:00Z", "--tz", "America/New_York"];

/**
 * Starts the command on a free port, and waits until it has printed its address.
 *
 * @param {string[]} args
 * @param {{cwd?: string, env?: object, input?: string, port?: string[]}} [options]
 */
export async function serve(
  args,
  { cwd, env, input, port = ["--port", "0"], program = [process.execPath, script] } = {},
) {
  const [file, ...before] = program;
  const child = spawn(file, [...before, "serve", ...args, ...port], {
    cwd,
    env: { ...process.env, ...ENVIRONMENT, ...env },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      said[name] += text;
    });
  }
  child.stdin.on("error", () => {}); // the command may not read it
  child.stdin.end(input);
  await until(() => {
    assert.equal(child.exitCode, null, said.stderr);
    return said.stdout.endsWith("Ctrl-C ends it.\n");
  });
  const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said.stdout);
  const token = /#token=([\w-]+)\n/.exec(said.stdout)?.[1] ?? env?.USAGE_BY_AGENT_SERVE_TOKEN;
  /** Asks a path. Returns the status and the text. */
  async function ask(path, headers = { authorization: `Bearer ${token}` }) {
    const response = await fetch(origin + path, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }
  /** The text of a successful answer. */
  async function answer(path) {
    const { status, text } = await ask(path);
    assert.equal(status, 200, text);
    return text;
  }
  return {
    child,
    said,
    origin,
    token,
    ask,
    answer,
    /** The messages of June 2024, in New York. */
    async messages() {
      const { data } = JSON.parse(await answer("/v1/usage/by-agent?period=month"));
      return data.reduce((sum, row) => sum + row.messages, 0);
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGINT");
      assert.deepEqual(await ended, [null, "SIGINT"]);
    },
  };
}

/** Waits until a condition holds. The pauses only keep the machine free. */
export async function until(condition) {
  for (const end = Date.now() + HANG; Date.now() < end; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("it does not come to that");
}

/** Sends a request as it is written, with headers and paths that `fetch` does not send. */
export function raw(origin, options) {
  return new Promise((resolve, reject) => {
    const sent = request(origin, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
