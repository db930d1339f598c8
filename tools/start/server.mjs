// The built Worker in workerd, on this machine.

import { root } from "../setup/run.mjs";

export const HOST = "127.0.0.1";

/**
 * Starts the Worker.
 *
 * @param {Omit<Parameters<typeof import("../../worker/dev/miniflare-options.mjs").miniflareOptions>[0], "root">} options
 * @returns {Promise<import("miniflare").Miniflare>}
 */
export async function startServer(options) {
  // Imported here, because npm's packages and the build may be missing when this file loads.
  const { Miniflare, Log, LogLevel } = await import("miniflare");
  const { miniflareOptions } = await import("../../worker/dev/miniflare-options.mjs");
  const server = new Miniflare({
    ...miniflareOptions({ root, ...options }),
    host: HOST,
    log: new Log(LogLevel.WARN),
  });
  await server.ready;
  return server;
}

/** A line for a shell that asks the API. */
export function askLine(address, token, path) {
  return `curl -H 'Authorization: Bearer ${token}' '${address}${path}'`;
}
