import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("collect-server.mjs", import.meta.url));

/** Starts collect-server.mjs. `counts` gives how much there is to collect, and how many requests were made. */
export async function startCollectServer(seed, { sizes, manners }) {
  const child = spawn(process.execPath, [server, String(seed), JSON.stringify({ sizes, manners })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const url = String(line).trim();
  return {
    url,
    counts: async () => (await fetch(`${url}/counts`)).json(),
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}
