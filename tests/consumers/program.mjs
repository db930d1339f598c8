// A small program that uses the package as a whole. Every consumer runs it, in its own kind of modules.

const BODY = `
async function check() {
  const query = { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" };
  const records = [{ type: "message", agentId: "a", receivedAt: "2024-06-02T00:00:00Z" }];
  const report = JSON.stringify(usageByAgent(records, query));
  const json = JSON.stringify(records);
  const text = typeof TextEncoder === "function" ? new TextEncoder().encode(json) : Uint8Array.from(json, (c) => c.charCodeAt(0));
  const failures = [];
  const equal = (what, got, wanted) => got === wanted || failures.push(what + " gives " + got + ", wanted " + wanted);
  equal("periodBounds", periodBounds(query).periodStart, "2024-06-01T04:00:00Z");
  equal("usageByAgent", JSON.parse(report).data[0].messages, 1);
  equal("bytes", JSON.stringify(usageByAgent(text, query)), report);
  const stream = (parts) => new ReadableStream({ start(c) { for (const part of parts) c.enqueue(part); c.close(); } });
  if (typeof ReadableStream === "function") {
    equal("a stream", JSON.stringify(await usageByAgentStream(stream([text.slice(0, 20), text.slice(20)]), query)), report);
  }
  if (typeof CompressionStream === "function" && typeof ReadableStream === "function") {
    let compress;
    try { compress = new CompressionStream("gzip"); } catch {} // the edge runtime has only the name
    if (compress) equal("a gzip stream", JSON.stringify(await usageByAgentStream(stream([text]).pipeThrough(compress), query)), report);
  }
  if (typeof Blob === "function") equal("a Blob", JSON.stringify(await usageByAgentStream(new Blob([text]), query)), report);
  let code;
  try { periodBounds({ ...query, tz: "Mars/Olympus" }); } catch (error) { code = error instanceof UsageError && error.code; }
  equal("a wrong zone", code, "invalid_tz");
  const usage = new UsageAggregator(query).push(records);
  equal("UsageAggregator", JSON.stringify(usage.report()), report);
  usage.free();
  if (typeof Request === "function") {
    const handler = createUsageHandler({ records: () => records, authorize: (token) => token === "t", now: () => query.now });
    const ask = (period) => handler(new Request("https://edge.example/v1/usage/by-agent?tz=America/New_York&period=" + period, { headers: { authorization: "Bearer t" } }));
    const [good, bad] = [await ask("month"), await ask("decade")];
    equal("the handler's report", await good.text(), report);
    equal("the handler's status", bad.status, 422);
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
  return "usage-by-agent works";
}
`;

const NAMES = "periodBounds, UsageAggregator, UsageError, usageByAgent, usageByAgentStream";

/** The last line that a consumer prints. */
export const WORKS = "usage-by-agent works";

/** The program as a module that exports `check`. */
export const asModule = `import { ${NAMES} } from "usage-by-agent";
import { createUsageHandler } from "usage-by-agent/handler";
${BODY}
export { check };
`;

/** The program as CommonJS that exports `check`. */
export const asCommonJs = `const { ${NAMES} } = require("usage-by-agent");
const { createUsageHandler } = require("usage-by-agent/handler");
${BODY}
module.exports = { check };
`;

/** A script that runs the program. */
export const mainModule = `${asModule}\ncheck().then(console.log);\n`;
export const mainCommonJs = `${asCommonJs}\ncheck().then(console.log);\n`;
