// `npm start`: the service in workerd, with the past two months of an invented account in it. The records of the last day came as signed
// webhooks, and the others as a backfill.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { officeSample } from "../generate/office.mjs";
import { deliveryOf, webhookOf } from "../generate/webhooks.mjs";
import { Failed, step } from "../setup/run.mjs";
import { askLine, startServer } from "./server.mjs";

const ACCOUNT = "demo";
const BACKFILL = "sample";
const DAY = 86_400_000;
const DAYS = 62; // so that the newest month can be compared with the one before
const PER_DAY = 60;

/** How many webhooks are sent at once. */
const AT_ONCE = 8;

/**
 * Starts it, and gives what to print and how to end it.
 *
 * @param {{port: number, folder?: string, progress?: typeof step}} options `folder` keeps what the service has counted. Without it, that
 *   is deleted at the end. `progress` says what is being done.
 */
export async function startService({ port, folder, progress = step }) {
  const adminToken = process.env.ADMIN_TOKEN || randomBytes(24).toString("base64url");
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const server = await progress("Service and page on workerd", () =>
    startServer({ mode: "service", vars: { ADMIN_TOKEN: adminToken }, port, persist: folder }),
  );
  try {
    const address = `http://localhost:${port}`;
    const demo = new Demo((await server.ready).origin, adminToken, folder);
    const { secret, token } = await demo.open();
    if (await demo.isEmpty(token))
      await progress("The past two months of an invented account", () => demo.fill(secret));
    const page = `${address}/#token=${token}`;
    const delivery = deliveryLine(address, secret);
    const greeting = `
The page:      ${page}

This line posts a signed webhook, which the page then shows without a reload:

${delivery}

The answers:   ${askLine(address, token, "/v1/usage/by-agent?period=month&tz=America/New_York")}
               ${askLine(address, token, "/v1/usage/daily?days=7")}
What arrived:  ${askLine(address, token, "/v1/ingest")}
The settings:  ${askLine(address, adminToken, `/v1/admin/accounts/${ACCOUNT}`)}
Your files:    ${address}/files
Described:     ${address}/openapi.json
Ctrl-C ends it${folder === undefined ? ", and deletes what it has counted" : ""}.`;
    return { greeting, page, token, delivery, stop: () => server.dispose() };
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** The invented account. */
class Demo {
  #origin;
  #adminToken;
  #notes;

  constructor(origin, adminToken, folder) {
    this.#origin = origin;
    this.#adminToken = adminToken;
    this.#notes = folder && join(folder, "start.json");
  }

  /** Makes the account, if there is none, and a secret and a token for this run. Those of the run before are removed. */
  async open() {
    const isKnown = await this.#admin("GET", "").catch(() => null);
    if (isKnown === null) await this.#admin("PUT", "", { agents: this.#sample().agents });
    const before = this.#notes && existsSync(this.#notes) ? JSON.parse(readFileSync(this.#notes, "utf8")) : [];
    for (const id of before) await this.#admin("DELETE", `/${id}`).catch(() => {}); // it may have been removed
    const secret = randomBytes(16).toString("hex");
    const { id: secretId } = await this.#admin("POST", "/secrets", { secret });
    const { id: tokenId, token } = await this.#admin("POST", "/tokens", { name: "npm start" });
    if (this.#notes) writeFileSync(this.#notes, JSON.stringify([`secrets/${secretId}`, `tokens/${tokenId}`]));
    return { secret, token };
  }

  async isEmpty(token) {
    const { deliveries, backfills } = await this.#ask("GET", "/v1/ingest", token);
    return deliveries === 0 && backfills.length === 0;
  }

  async fill(secret) {
    const records = [...this.#sample().lines].map((line) => JSON.parse(line));
    const timeOf = ({ startedAt, receivedAt }) => Date.parse(receivedAt ?? startedAt);
    const yesterday = Date.now() - DAY;
    const recent = records.filter((record) => timeOf(record) >= yesterday);
    const others = records.filter((record) => !recent.includes(record));
    const text = others.map((record) => `${JSON.stringify(record)}\n`).join("");
    const { id, token } = await this.#admin("POST", "/tokens", { access: "write" });
    await this.#ask("POST", `/v1/records?backfill=${BACKFILL}`, token, text);
    await this.#admin("DELETE", `/tokens/${id}`);
    let next = 0;
    const deliver = async () => {
      while (next < recent.length) {
        const id = `del_${next}`;
        const delivery = deliveryOf(webhookOf(recent[next++]), { secret, id });
        await this.#send(`/v1/webhooks/agentphone/${ACCOUNT}`, delivery);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, deliver));
  }

  #sample() {
    const end = Date.now();
    const start = end - DAYS * DAY;
    const [from, to] = [start, end].map((ms) => new Date(ms).toISOString());
    return officeSample({ seed: 3, start: from, end: to, perDay: PER_DAY });
  }

  #admin(method, path, body) {
    return this.#ask(method, `/v1/admin/accounts/${ACCOUNT}${path}`, this.#adminToken, body && JSON.stringify(body));
  }

  async #ask(method, path, token, body) {
    const headers = { authorization: `Bearer ${token}` };
    const text = await this.#send(path, { method, headers, ...(body !== undefined && { body }) });
    return text === "" ? null : JSON.parse(text);
  }

  async #send(path, init) {
    const response = await fetch(this.#origin + path, init);
    const text = await response.text();
    if (!response.ok) throw new Failed(`${init.method} ${path} was refused: ${response.status} ${text}`);
    return text;
  }
}

/**
 * A line for a shell that posts a webhook, signed as the vendor signs it. Each time that it runs it posts another message. Node signs,
 * because every machine that can run this program has it.
 */
export function deliveryLine(address, secret) {
  const data = [
    `"messageId":"msg_'$T'_'$$'"`,
    `"conversationId":"conv_1"`,
    `"numberId":"num_0100"`,
    `"from":"+12125550199"`,
    `"to":"+12125550100"`,
    `"message":"Good morning"`,
    `"direction":"inbound"`,
    `"receivedAt":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"`,
  ].join(",");
  const body = `'{"event":"agent.message","channel":"sms","agentId":"agt_005a17","data":{${data}}}'`;
  const sign = `require("crypto").createHmac("sha256","${secret}").update(process.argv[1]).digest("hex")`;
  return [
    `T=$(date +%s); B=${body}; curl -sS -d "$B" -H 'Content-Type: application/json'`,
    `-H "X-Webhook-Timestamp: $T" -H "X-Webhook-Signature: sha256=$(node -p '${sign}' "$T.$B")"`,
    `${address}/v1/webhooks/agentphone/${ACCOUNT}; echo`,
  ].join(" ");
}
