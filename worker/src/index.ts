import type { UsageHandler } from "usage-by-agent/handler";
import { configure } from "./configure.js";
import type { Env } from "./env.js";

/** One handler for each isolate and configuration. If a setting changes, the runtime passes another `env`. */
const handlers = new WeakMap<Env, UsageHandler>();

function handlerFor(env: Env): UsageHandler {
  let handler = handlers.get(env);
  if (handler === undefined) {
    handler = configure(env);
    handlers.set(env, handler);
  }
  return handler;
}

/** Serves the API at `/v1/*` and `/openapi.json`, and the page at every other path. */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const isApi = pathname.startsWith("/v1/") || pathname === "/openapi.json";
    return isApi || env.ASSETS === undefined ? handlerFor(env)(request) : env.ASSETS.fetch(request);
  },
} satisfies ExportedHandler<Env>;
