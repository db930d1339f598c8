// A Worker that checks the signature of a delivery and writes its body into the table of one Durable Object.
import { DurableObject } from "cloudflare:workers";

export class UsageShard extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
  }

  add(id, body) {
    this.ctx.storage.sql.exec("INSERT OR IGNORE INTO deliveries (id, body) VALUES (?, ?)", id, body);
  }
}

const encoder = new TextEncoder();
let key;

export default {
  async fetch(request, env) {
    key ??= await crypto.subtle.importKey("raw", encoder.encode(env.SECRET), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    const body = await request.text();
    const signed = encoder.encode(`${request.headers.get("x-webhook-timestamp")}.${body}`);
    const signature = Uint8Array.from(request.headers.get("x-webhook-signature").slice(7).match(/../g), (hex) =>
      Number.parseInt(hex, 16),
    );
    if (!(await crypto.subtle.verify("HMAC", key, signature, signed))) return new Response("forged", { status: 401 });
    await env.USAGE.get(env.USAGE.idFromName("one")).add(request.headers.get("x-webhook-id"), body);
    return new Response("ok");
  },
};
