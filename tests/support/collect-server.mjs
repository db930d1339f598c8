// The vendor of collect-vendor.mjs as a server of its own process: `node collect-server.mjs SEED JSON`, where the JSON has the sizes
// of the account and the manners. It prints its URL. GET /counts gives how much there is, and how many requests were made.

import { createServer } from "node:http";
import { inWindow, makeAccount, makeVendor, recordsOf, WINDOW } from "./collect-vendor.mjs";

const [seed, given] = process.argv.slice(2);
const { sizes, manners } = JSON.parse(given);
const account = makeAccount(Number(seed), sizes);
const vendor = makeVendor(account, manners);

const server = createServer(async (request, response) => {
  if (request.url === "/counts") {
    const { calls, messages } = recordsOf(account, vendor.calls);
    const counts = {
      calls: calls.size,
      messages: messages.size,
      requests: vendor.requests.length,
      failures: vendor.failures,
    };
    response.end(JSON.stringify({ ...counts, needed: neededPages() }));
    return;
  }
  try {
    const { status, headers, text } = await answer(request);
    response.writeHead(status, headers).end(text);
  } catch {
    request.socket.destroy(); // a failed connection, or a body that is cut
  }
});

/**
 * The pages that hold what is to be collected, if somebody knew where to look: those of all calls, if the list has no order, and else
 * those down to the window; those of the conversations down to the window; those of the messages of the window, of each conversation;
 * and the calls that were not final.
 */
function neededPages() {
  const from = (field) => (record) => Date.parse(record[field]) >= WINDOW.startMs;
  const calls = manners.order === "falls" ? vendor.calls.filter(from("startedAt")) : vendor.calls;
  const talks = account.conversations.filter((talk) => talk.messages.some(from("receivedAt")));
  const messages = talks.map((talk) => talk.messages.filter(inWindow("receivedAt")).length);
  const pages = (count, size) => Math.ceil(count / size);
  const sum = messages.reduce((total, count) => total + pages(count, 200), 0);
  return pages(calls.length, 100) + pages(talks.length, 100) + sum + (manners.unfinished ?? 0);
}

async function answer({ url, headers }) {
  const found = await vendor.fetch(`https://api.agentphone.ai${url}`, {
    headers: { authorization: headers.authorization },
  });
  return { status: found.status, headers: Object.fromEntries(found.headers), text: await found.text() };
}

server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
