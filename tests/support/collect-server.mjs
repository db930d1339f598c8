// The vendor of collect-vendor.mjs as a server of its own process: `node collect-server.mjs SEED JSON`, where the JSON has the sizes
// of the account and the manners. It prints its URL. GET /counts tells what there is, and how many requests were made.

import { createServer } from "node:http";
import { makeAccount, makeVendor, recordsOf } from "./collect-vendor.mjs";

const [seed, given] = process.argv.slice(2);
const { sizes, manners } = JSON.parse(given);
const account = makeAccount(Number(seed), sizes);
const vendor = makeVendor(account, manners);

const server = createServer(async (request, response) => {
  if (request.url === "/counts") {
    const { calls, messages } = recordsOf(account, vendor.calls);
    const ids = (records) => [...records.keys()];
    const counts = { calls: ids(calls), messages: ids(messages), requests: vendor.requests.length, failures: vendor.failures };
    const pages = account.conversations.map((talk) => talk.messages.length);
    response.end(JSON.stringify({ ...counts, pages, all: vendor.calls.length }));
    return;
  }
  try {
    const { status, headers, text } = await answer(request);
    response.writeHead(status, headers).end(text);
  } catch {
    request.socket.destroy(); // a failed connection, or a body that is cut
  }
});

async function answer({ url, headers }) {
  const found = await vendor.fetch(`https://api.agentphone.ai${url}`, { headers: { authorization: headers.authorization } });
  return { status: found.status, headers: Object.fromEntries(found.headers), text: await found.text() };
}

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
