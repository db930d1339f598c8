/** The service in workerd with an account, for tests of its page. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { miniflareOptions } from "../../../worker/dev/miniflare-options.mjs";
import { delivery } from "../../workerd/service-support.mjs";

const ADMIN_TOKEN = "adm_0c4e1f77a2";
const SECRET = "whsec_page";
const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Starts it. `settings` are those of the account. */
export async function startService(settings = {}) {
  const worker = new Miniflare({
    ...miniflareOptions({ root, mode: "service", vars: { ADMIN_TOKEN } }),
    log: new Log(LogLevel.NONE),
  });
  const { origin } = await worker.ready;
  const ask = async (method, path, token, body) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(origin + path, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    assert.ok(response.ok, text);
    return text === "" ? null : JSON.parse(text);
  };
  const admin = (method, path, body = {}) =>
    ask(method, `/v1/admin/accounts/acme${path}`, ADMIN_TOKEN, method === "DELETE" ? undefined : JSON.stringify(body));
  await admin("PUT", "", settings);
  await admin("POST", "/secrets", { secret: SECRET });
  const reader = await admin("POST", "/tokens");
  const writer = await admin("POST", "/tokens", { access: "write" });
  return {
    origin,
    token: reader.token,
    /** Sends a webhook, and gives the status of the response. */
    async deliver(event, how) {
      const sent = { method: "POST", ...delivery(event, { secret: SECRET, ...how }) };
      return (await fetch(`${origin}/v1/webhooks/agentphone/acme`, sent)).status;
    },
    /** Adds records as a backfill. */
    add: (text) => ask("POST", "/v1/records", writer.token, text),
    ask: (path) => ask("GET", path, reader.token),
    /** Ends the reader's token. */
    revoke: () => admin("DELETE", `/tokens/${reader.id}`),
    /** A new token for the page. */
    newToken: async () => (await admin("POST", "/tokens")).token,
    stop: () => worker.dispose(),
  };
}
