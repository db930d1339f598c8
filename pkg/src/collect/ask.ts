import { UsageError } from "usage-by-agent";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isObject, typeName } from "../bridge/values.js";
import { Client, TooLong } from "./client.js";
import { checkRequestOptions } from "./options.js";
import type { AskOptions, VendorAnswer } from "./types.js";

const OPTIONS = keys("period tz token baseUrl subAccountId retries signal fetch");
const PERIODS: readonly unknown[] = ["week", "month", "year"];
const PATH = "/v1/usage/by-agent";

/** The function `askByAgent`; see index.ts. */
export async function ask(options: AskOptions): Promise<VendorAnswer> {
  const fail = (path: string, message: string) => new UsageError("invalid_option", message, { path });
  if (!isObject(options)) throw fail("", `the options are ${typeName(options)}: wanted {token, period}`);
  checkKeys(options, OPTIONS);
  const { period, tz } = options;
  if (!PERIODS.includes(period)) throw fail("/period", "period must be week, month or year");
  if (tz !== undefined && typeof tz !== "string") throw fail("/tz", `tz is ${typeName(tz)}: wanted a zone's name`);
  const checked = checkRequestOptions(options);
  const { signal } = checked;
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    const client = new Client(checked, controller.signal);
    const { url, from } = await client.ask(PATH, { period, tz: tz ?? null }, () => undefined);
    if (from.body === null) {
      throw new UsageError(
        "upstream_invalid",
        `GET ${PATH}: there is no such path; wanted a report: check \`baseUrl\``,
      );
    }
    const { headers, body } = from;
    const date = Date.parse(headers.get("date") ?? "");
    return {
      url,
      answeredAt: `${new Date(Number.isNaN(date) ? Date.now() : date).toISOString().slice(0, 19)}Z`,
      requestId: requestIdOf(headers),
      body: new TextDecoder().decode(body),
    };
  } catch (error) {
    if (signal?.aborted) throw new UsageError("aborted", "the request was aborted", { cause: signal.reason });
    if (!(error instanceof TooLong)) throw error;
    throw new UsageError("upstream_invalid", `GET ${PATH}: the answer is longer than 8 MiB; wanted a shorter one`);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** The id, if it is short and visible. */
function requestIdOf(headers: Headers): string | null {
  const id = headers.get("x-request-id");
  return id !== null && /^[\x21-\x7e]{1,200}$/.test(id) ? id : null;
}
