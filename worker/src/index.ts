import { configure, type Handler, modeOf, takeMessages } from "./configure.js";
import type { Env } from "./env.js";

export { UsageShard } from "usage-by-agent/service";

/** One handler for each isolate and configuration. If a setting changes, the runtime passes another `env`. */
const handlers = new WeakMap<Env, Handler>();

function handlerFor(env: Env): Handler {
  let handler = handlers.get(env);
  if (handler === undefined) {
    handler = configure(env);
    handlers.set(env, handler);
  }
  return handler;
}

/** Serves the API at `/v1/*` and `/openapi.json`, and the pages at every other path. */
export default {
  async fetch(request, env, context) {
    const url = new URL(request.url);
    const isApi = url.pathname.startsWith("/v1/") || url.pathname === "/openapi.json";
    if (isApi || env.ASSETS === undefined) return handlerFor(env)(request, env, context);
    url.pathname = pageOf(url.pathname, env);
    return env.ASSETS.fetch(new Request(url, request));
  },
  queue: takeMessages,
} satisfies ExportedHandler<Env>;

/** The file that a path shows. `/` is the page of the mode, and `/files` is always the page that counts files in the browser. */
function pageOf(path: string, env: Env): string {
  if (path === "/files") return "/";
  return path === "/" && modeOf(env) === "service" ? "/service" : path;
}
