import { UsageError } from "usage-by-agent";
import { integerOption } from "../bridge/integer.js";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isObject, typeName } from "../bridge/values.js";
import { Client, TooLong } from "./client.js";
import { checkRequestOptions } from "./options.js";
import type { DeliveriesOptions, ListedDelivery } from "./types.js";

const OPTIONS = keys("hours token baseUrl subAccountId retries signal fetch");
const PATH = "/v1/webhooks/deliveries";

/** How many deliveries a page has at most, as the vendor documents it. */
const PAGE = 100;

/** The most pages that are read. An account that has more deliveries in a week lists the newest of them. */
const MOST_PAGES = 10_000;

/** The function `listDeliveries`; see index.ts. */
export async function* deliveries(options: DeliveriesOptions): AsyncGenerator<ListedDelivery[], void, undefined> {
  const fail = (path: string, message: string) => new UsageError("invalid_option", message, { path });
  if (!isObject(options)) throw fail("", `the options are ${typeName(options)}: wanted {token}`);
  checkKeys(options, OPTIONS);
  const limits = { ifAbsent: 168, least: 1, most: 168 };
  const hours = integerOption("hours", options.hours, limits, (message) => fail("/hours", message));
  const checked = checkRequestOptions(options);
  const controller = new AbortController();
  const stop = () => controller.abort();
  checked.signal?.addEventListener("abort", stop);
  if (checked.signal?.aborted) stop();
  const client = new Client(checked, controller.signal);
  const seen = new Set<string>();
  try {
    for (let page = 0, offset = 0; page < MOST_PAGES; page++) {
      const body = await client.get(PATH, { limit: PAGE, offset, hours }, (value) =>
        Array.isArray(value.items) ? undefined : "it has no items",
      );
      const items = (body?.items ?? []) as unknown[];
      // New deliveries move the others to later pages.
      const fresh = items.flatMap(deliveryOf).filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      if (fresh.length > 0) yield fresh;
      offset += items.length;
      const total = body?.total;
      if (items.length === 0 || (typeof total === "number" && offset >= total)) return;
    }
  } catch (error) {
    if (checked.signal?.aborted) throw new UsageError("aborted", "the listing was aborted", { cause: error });
    if (!(error instanceof TooLong)) throw error;
    throw new UsageError("upstream_invalid", `GET ${PATH}: the answer is longer than 8 MiB; wanted a shorter one`);
  } finally {
    checked.signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** A delivery, if the item has an id. */
function deliveryOf(item: unknown): ListedDelivery[] {
  const { id, messageId } = (isObject(item) ? item : {}) as { id?: unknown; messageId?: unknown };
  if (typeof id !== "string" || id === "") return [];
  return [{ id, messageId: typeof messageId === "string" && messageId !== "" ? messageId : null }];
}
