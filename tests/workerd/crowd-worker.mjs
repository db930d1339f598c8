/** A user's Worker whose records never come for a request with the header `x-stalled`. Its handlers compute one question at a time. */
import { createUsageHandler } from "usage-by-agent/handler";

const RECORDS = [{ id: "1", type: "message", agentId: "a", receivedAt: "2024-06-10T00:00:00Z" }];
const options = {
  authorize: () => true,
  now: () => "2024-06-15T12:00:00Z",
  version: () => "1",
  limits: { computing: 1, waitMs: 60_000, timeoutMs: 40_000 },
};

/** How many requests are at a source that stalls. */
let stalled = 0;

function records(_window, request) {
  if (!request.headers.has("x-stalled")) return RECORDS;
  return new ReadableStream({
    start() {
      stalled++;
    },
    pull: () => new Promise(() => {}),
  });
}

const handlers = {
  reading: createUsageHandler({ ...options, records }),
  keeping: createUsageHandler({ ...options, records, keepCounts: true }),
};

export default {
  async fetch(request) {
    const handler = handlers[request.headers.get("x-case")];
    if (!request.headers.has("x-stalled")) return handler(request);
    const before = stalled;
    void handler(request);
    while (stalled === before) await new Promise((resolve) => setTimeout(resolve, 1));
    // After this response the runtime ends the request, with all that it has begun.
    return new Response("the handler is left alone");
  },
};
