// Checks the options. No message quotes a value that may contain a secret.

import { type PeriodBounds, type PeriodQuery, periodBounds, UsageError } from "usage-by-agent";
import { isLoopback } from "../bridge/base-url.js";
import { integerOption } from "../bridge/integer.js";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isObject, property, typeName } from "../bridge/values.js";
import type { Window } from "./times.js";
import type { CollectOptions, CollectProgress, VendorOptions } from "./types.js";

/** The options of requests, checked and with their defaults. */
export interface RequestOptions {
  token: () => Promise<string>;
  /** Without a slash at the end. */
  baseUrl: string;
  subAccountId: string | undefined;
  retries: number;
  signal: AbortSignal | undefined;
  fetch: typeof fetch;
}

/** The options of a collection, checked and with their defaults. */
export interface Options extends RequestOptions {
  window: Window;
  /** The period, if the window was given as one. */
  period: (PeriodQuery & { bounds: PeriodBounds }) | null;
  resume: string | undefined;
  verify: boolean;
  concurrency: number;
  onProgress: ((progress: CollectProgress) => void) | undefined;
}

const OPTIONS = keys("token baseUrl window resume verify subAccountId concurrency retries signal fetch onProgress");
const WINDOW = keys("startMs endMs");

/** The vendor's server. */
const VENDOR = "https://api.agentphone.ai";

/** The longest state that is read, in UTF-16 units. The longest that is written is shorter. */
const MAX_STATE = 1 << 20;

const invalid = (path: string, message: string) => new UsageError("invalid_option", message, { path });

/** Checks the options and fills in the defaults. */
export function checkOptions(options: CollectOptions): Options {
  if (!isObject(options)) throw invalid("", `the options are ${typeName(options)}: wanted {token, window}`);
  checkKeys(options, OPTIONS);
  const { resume, verify = false, onProgress } = options;
  if (resume !== undefined && (typeof resume !== "string" || resume.length > MAX_STATE)) {
    const got = typeof resume === "string" ? `text of ${(resume as string).length} characters` : typeName(resume);
    throw invalid("/resume", `resume is ${got}: wanted the text that state() gave`);
  }
  if (typeof verify !== "boolean") throw invalid("/verify", `verify is ${typeName(verify)}: wanted true or false`);
  checkFunction("onProgress", onProgress);
  return {
    ...checkRequestOptions(options),
    ...windowOf(options.window),
    resume,
    verify,
    concurrency: integer("concurrency", options.concurrency, 4, 1, 16),
    onProgress: onProgress && ((progress) => onProgress(progress)),
  };
}

/** Checks the options of requests and fills in the defaults. */
export function checkRequestOptions(options: VendorOptions): RequestOptions {
  const { subAccountId, signal, fetch: chosen } = options;
  if (subAccountId !== undefined && !(typeof subAccountId === "string" && /^[\x21-\x7e]{1,128}$/.test(subAccountId))) {
    throw invalid("/subAccountId", "subAccountId must be 1 to 128 visible characters of ASCII");
  }
  if (signal !== undefined && typeof property(signal, "addEventListener") !== "function") {
    throw invalid("/signal", `signal is ${typeName(signal)}: wanted an AbortSignal`);
  }
  checkFunction("fetch", chosen);
  return {
    token: tokenOf(options.token),
    baseUrl: baseOf(options.baseUrl),
    subAccountId,
    retries: integer("retries", options.retries, 6, 0, 20),
    signal,
    // Called without a `this`, which a runtime's own `fetch` would refuse. The global is read late, so that it can be replaced.
    fetch: (input, init) => (chosen ?? fetch)(input, init),
  };
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalid(`/${name}`, `${name} is ${typeName(value)}: wanted a function`);
}

function tokenOf(token: CollectOptions["token"]): () => Promise<string> {
  if (typeof token === "function") return async () => checkToken(await token(), "token() gave");
  checkToken(token, "token is");
  return async () => token;
}

/** A token as the handler takes it: visible ASCII. Anything else could not be sent, and `fetch` would quote it in its error. */
function checkToken(token: unknown, got: string): string {
  if (typeof token === "string" && /^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  const wanted = "wanted an API key of AgentPhone, 1 to 4096 visible characters of ASCII without blanks";
  const what =
    token === "" ? "empty" : typeof token === "string" ? "text with blanks or other characters" : typeName(token);
  throw invalid("/token", `${got} ${what}: ${wanted}`);
}

/** As `upstream.baseUrl` of the handler, but that `http` is for this machine alone. */
function baseOf(given: unknown = VENDOR): string {
  const path = "/baseUrl";
  const base = urlOf(given);
  if (base === null || !/^https?:$/.test(base.protocol)) throw invalid(path, "`baseUrl` must be an http or https URL");
  if (base.username !== "" || base.password !== "" || base.search !== "" || base.hash !== "") {
    throw invalid(path, "`baseUrl` may have a path, but not a user, a query or a fragment");
  }
  if (base.protocol === "http:" && !isLoopback(base.hostname)) {
    throw invalid(path, "`baseUrl` must be https, because http would show the token to the network: wanted https://…");
  }
  return `${base.origin}${base.pathname.replace(/\/+$/, "")}`;
}

function urlOf(text: unknown): URL | null {
  try {
    return new URL(String(text));
  } catch {
    return null;
  }
}

function windowOf(window: CollectOptions["window"]): Pick<Options, "window" | "period"> {
  if (!isObject(window)) {
    throw invalid(
      "/window",
      `window is ${typeName(window)}: wanted a period such as {period: "month"}, or {startMs, endMs}`,
    );
  }
  if ("startMs" in window || "endMs" in window) {
    checkKeys(window, WINDOW, "/window");
    const { startMs, endMs } = window as { startMs: number; endMs: number };
    for (const [name, value] of Object.entries({ startMs, endMs })) {
      if (!Number.isInteger(value) || Math.abs(value) > 8.64e15) {
        throw invalid(`/window/${name}`, `window.${name} must be a whole number of epoch milliseconds`);
      }
    }
    if (startMs >= endMs) throw invalid("/window", "window.startMs must be before window.endMs");
    return { window: { startMs, endMs }, period: null };
  }
  try {
    const query = window as PeriodQuery;
    const bounds = periodBounds(query);
    return { window: { startMs: bounds.startMs, endMs: bounds.endMs }, period: { ...query, bounds } };
  } catch (error) {
    if (!(error instanceof UsageError) || error.path === undefined) throw error;
    const message = error.message.replace(/ \(at [^()]*\)$/, "");
    throw new UsageError(error.code, message, { path: `/window${error.path}`, cause: error });
  }
}

function integer(name: string, value: number | undefined, ifAbsent: number, least: number, most: number): number {
  return integerOption(name, value, { ifAbsent, least, most }, (message) => invalid(`/${name}`, message));
}
