// The vendor of collect-vendor.mjs over HTTP in this process, for programs that run in a process of their own, such as the command.
//
//     const vendor = makeVendor(makeAccount(1));
//     const { url, stop } = await serveVendor(vendor);
//     … usage-by-agent collect --base-url URL, with TOKEN in AGENTPHONE_API_KEY
//     await stop();

import { once } from "node:events";
import { createServer } from "node:http";
import { BASE } from "./collect-vendor.mjs";

/**
 * Serves a vendor on a free port of 127.0.0.1.
 *
 * @param {{fetch: typeof fetch}} vendor `makeVendor(account)`, or any other `fetch`, which is asked with URLs of api.agentphone.ai
 * @param {(request: Request, response: import("node:http").ServerResponse) => Response | undefined | Promise<Response | undefined>}
 *   [instead] sees each request before the vendor does. It gives another answer, or none, for the vendor's own. It may also wait, and
 *   end the connection by `response.destroy()`
 * @returns {Promise<{url: string, stop: () => Promise<void>}>} the URL has no slash at its end; `stop` ends every connection
 */
export async function serveVendor(vendor, instead = () => undefined) {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const { method, url, headers } = incoming;
      const request = new Request(`${BASE}${url}`, { method, headers: headersOf(headers) });
      const answer = (await instead(request, outgoing)) ?? (await vendor.fetch(request.url, request));
      const text = await answer.text();
      outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
    } catch {
      outgoing.destroy(); // a failed connection, or a body that is cut
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The headers that a client sent, without those of its connection, which a `Request` does not take. */
function headersOf(headers) {
  const kept = Object.entries(headers).filter(([name]) => !["connection", "host", "keep-alive"].includes(name));
  return kept.map(([name, value]) => [name, String(value)]);
}
