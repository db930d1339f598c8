/** The service in a workerd process of its own, which a test can end at any instant. Its storage is on disk. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { miniflareOptions } from "../../worker/dev/miniflare-options.mjs";
import { bundle, ROOT } from "./support.mjs";

// Miniflare starts this program, too.
const { default: workerd } = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd");

/** A text of the configuration's language. */
const text = (value) => JSON.stringify(String(value));

/** The configuration of workerd, as Miniflare would write it. */
function configuration(names, bindings, storage) {
  const { compatibilityDate, compatibilityFlags } = miniflareOptions({ root: ROOT });
  const modules = names.map((name) => {
    return `(name = ${text(name)}, ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed ${text(name)})`;
  });
  const values = Object.entries(bindings).map(([name, value]) => {
    return `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = ${text(storage)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(", ")}],
  bindings = [(name = "USAGE", durableObjectNamespace = "UsageShard"), ${values.join(", ")}],
  durableObjectNamespaces = [(className = "UsageShard", uniqueKey = "usage", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),
);
`;
}

/**
 * Bundles a Worker of this folder and runs it in processes, one after the other.
 *
 * @param bindings values of the Worker's `env`
 * @param options `flags`: further arguments of workerd
 */
export async function startProcesses(name, bindings, { flags = [] } = {}) {
  const { out, names } = await bundle(name);
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  const storage = join(folder, "storage");
  mkdirSync(storage);
  const config = join(out, "config.capnp");
  writeFileSync(config, configuration(names, bindings, storage));
  let child;
  let ended;

  const killAtExit = () => child?.kill("SIGKILL"); // where the test itself fails
  process.once("exit", killAtExit);

  const processes = {
    base: undefined,
    storage,
    /** The id of the process that runs. */
    pid: () => child.pid,
    /** Starts a process. It has what the last one has stored. */
    async start() {
      child = spawn(workerd, ["serve", config, "--control-fd=3", ...flags], {
        stdio: ["ignore", "ignore", "pipe", "pipe"],
      });
      if (process.env.SHOW) child.stderr.pipe(process.stderr);
      child.stderr.resume(); // it tells of each connection that a client ends
      ended = once(child, "exit");
      const lines = createInterface({ input: child.stdio[3] })[Symbol.asyncIterator]();
      for (;;) {
        const { value, done } = await lines.next();
        assert.ok(!done, "workerd did not start");
        const { socket, port } = JSON.parse(value);
        if (socket !== "http") continue;
        processes.base = new URL(`http://127.0.0.1:${port}`);
        return;
      }
    },
    /** Ends the process at this instant: it has no chance to finish anything. */
    async kill() {
      child?.kill("SIGKILL");
      await ended;
    },
    async stop() {
      await processes.kill();
      process.off("exit", killAtExit);
      for (const path of [out, folder]) rmSync(path, { recursive: true, force: true });
    },
  };
  return processes;
}

/** Sends requests over kept connections. A response of which the end does not come is an error. */
export class Sender {
  #agent = new Agent({ keepAlive: true });
  #timeoutMs;

  constructor(timeoutMs) {
    this.#timeoutMs = timeoutMs;
  }

  send(base, path, { method = "GET", headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(this.#timeoutMs);
      const sent = request(new URL(path, base), { method, headers, agent: this.#agent, signal }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("close", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.complete) resolve({ status: response.statusCode, text, headers: response.headers });
          else reject(new Error("the response was cut off"));
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  stop() {
    this.#agent.destroy();
  }
}
