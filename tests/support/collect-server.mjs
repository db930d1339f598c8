// The vendor of collect-vendor.mjs as a server of its own process: `node collect-server.mjs SEED JSON`, where the JSON has the sizes
// of the account and the manners. It prints its URL. GET /counts gives how much there is, and how many requests were made.

import { serveVendor } from "./collect-http.mjs";
import { inWindow, makeAccount, makeVendor, recordsOf, WINDOW } from "./collect-vendor.mjs";

const [seed, given] = process.argv.slice(2);
const { sizes, manners } = JSON.parse(given);
const account = makeAccount(Number(seed), sizes);
const vendor = makeVendor(account, manners);

const counts = () => {
  const { calls, messages } = recordsOf(account, vendor.calls);
  const { requests, failures } = vendor;
  const records = { calls: calls.size, messages: messages.size };
  return Response.json({ ...records, requests: requests.length, failures, needed: neededPages() });
};

const { url } = await serveVendor(vendor, (request) => (request.url.endsWith("/counts") ? counts() : undefined));
console.log(url);

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
