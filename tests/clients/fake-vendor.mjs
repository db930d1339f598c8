/**
 * Starts the fake vendor of `vendor/`, and controls it. `vendor/README.md` describes accounts and troubles.
 *
 *     const vendor = await startVendor({ calls: 5_000, messages: 20_000, conversations: 800, seed: 7 });
 *     await vendor.trouble({ failures: { share: 0.1 }, unfinished: { share: 0.5 } });
 *     … collect({ token: vendor.token, baseUrl: vendor.base.origin, … })
 *     const records = await vendor.truth();
 *     const { paths, requests } = await vendor.requests();
 *     await vendor.stop();
 */
import assert from "node:assert/strict";
import { startServer } from "./support.mjs";

export const VENDOR_TOKEN = "sk_live_fake_vendor_4f1c";
/** A token that the fake knows, and that may do nothing: each response is a 403. */
export const FORBIDDEN_TOKEN = "sk_live_fake_forbidden_9a2e";

/** Starts a fake vendor on a free port of the loopback interface. `account` is described in `vendor/accounts.py`, as `Sizes`. */
export async function startVendor(account = {}) {
  const { base, stop } = await startServer(["-m", "vendor", VENDOR_TOKEN, FORBIDDEN_TOKEN, JSON.stringify(account)]);

  async function ask(path, init) {
    const response = await fetch(new URL(path, base), init);
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    return text;
  }
  const send = async (path, body) => {
    const headers = { "content-type": "application/json" };
    return JSON.parse(await ask(path, { method: "POST", headers, body: JSON.stringify(body) }));
  };

  return {
    base,
    token: VENDOR_TOKEN,
    stop,
    /** Sends `{account, troubles, delete, release, subAccount}`. Returns `{account, troubles}` with every default. */
    control: (wanted) => send("/_control", wanted),
    /** Makes other accounts, without troubles and without a log of requests. */
    make: (sizes) => send("/_control", { account: sizes }),
    /** Replaces all troubles by these. */
    trouble: (troubles) => send("/_control", { troubles }),
    /** Deletes agents and releases numbers, by their ids. */
    change: ({ agents = [], numbers = [], subAccount } = {}) =>
      send("/_control", { delete: agents, release: numbers, subAccount }),
    /** Makes the first accounts anew, without troubles and without a log of requests. */
    reset: () => send("/_reset"),
    /** Returns every record of an account. With `arrived: false`, without the records that arrived while lists were read. */
    async truth({ subAccount, arrived = true } = {}) {
      const query = new URLSearchParams({ arrived, ...(subAccount ? { subAccount } : {}) });
      const text = await ask(`/_truth?${query}`);
      return text.split("\n").filter(Boolean).map(JSON.parse);
    },
    /**
     * Returns the requests since the last `make` or `reset`: `total`, `paths` (counts by path), `troubles` (counts by trouble) and
     * `requests`, the last 20,000 `{method, path, query, headers, status, trouble}`.
     */
    requests: async () => JSON.parse(await ask("/_requests")),
    /** Sends one request as the vendor's clients do, and returns the `Response`. */
    get: (path, { token = VENDOR_TOKEN, headers = {}, ...init } = {}) =>
      fetch(new URL(path, base), { headers: { authorization: `Bearer ${token}`, ...headers }, ...init }),
  };
}
