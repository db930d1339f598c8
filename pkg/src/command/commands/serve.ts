import { stat } from "node:fs/promises";
import { type Account, type AgentPage, type NumberPage, periodBounds, UsageRollup } from "usage-by-agent";
import type { ReportOptions, UsageHandler } from "usage-by-agent/handler";
import { collectPages, shortfallsOf } from "../collecting.js";
import { command } from "../command.js";
import { agentsOf, checkAgents, jsonOf } from "../counting.js";
import { isOfOptions, unusable, withoutPlace, wrongUsage } from "../failure.js";
import { type Input, inputsOf } from "../input.js";
import { type Asked, integerOf, noteZone, PERIOD_OPTIONS, queryOf } from "../period-options.js";
import { FollowedFile } from "../serve/followed-file.js";
import { Follower } from "../serve/follower.js";
import { pageFiles } from "../serve/page-files.js";
import { type Listening, listenOn, portInUse } from "../serve/server.js";
import { accepts, type Token, tokenOfEnvironment, VARIABLE } from "../serve/token.js";
import { note, print, warn } from "../terminal/output.js";
import { VENDOR_OPTIONS, type Vendor, vendorOf } from "../vendor-options.js";

/** The port if none is named. Another one is taken if it is in use. */
const PORT = 4100;

/** The options that say what to collect. Without --collect they would have no effect. */
const OF_COLLECTING = ["period", "offset", ...Object.keys(VENDOR_OPTIONS)] as const;

export const serve = command({
  name: "serve",
  summary: "serves the page and the endpoints on this machine, over files that may grow",
  operands: "[FILE…]",
  about: [
    "The files are read once, and followed from then on: lines that are added to a file of NDJSON count at once. A file that changes " +
      "in another way makes all files be counted again. - is standard input, which is read once.",
    "With --collect, the records are those that AgentPhone has of a period, collected once at the start.",
    "Only programs of this machine can connect. The endpoints demand a token. It is new at each start and printed, unless the " +
      `environment variable ${VARIABLE} contains one. Requests name the period: see /openapi.json.`,
  ],
  options: {
    port: {
      value: "N",
      meant: ["listen", "address", "bind"],
      help: `The port to listen on; 0 takes any free one. Default ${PORT}, or a free one if that is in use.`,
    },
    agents: {
      value: "FILE",
      meant: ["names", "directory"],
      help: "The names of the agents: a page of GET /v1/agents, or an array of {id, name}. It is read once.",
    },
    account: {
      value: "FILE",
      meant: ["plan"],
      help: "An answer of GET /v1/usage, for what records do not contain. Without it, that endpoint is a 404. It is read once.",
    },
    "include-idle": {
      meant: ["idle", "includezero"],
      help: "Adds rows of zeros for agents of --agents, or of the collection, without usage.",
    },
    tz: {
      ...PERIOD_OPTIONS.tz,
      help: "The zone of days and months, and of requests that name none. Default: this machine's.",
    },
    "week-start": PERIOD_OPTIONS["week-start"],
    now: {
      ...PERIOD_OPTIONS.now,
      help: "The instant that counts as the current time, such as 2024-06-15T12:00:00Z. Default: the clock.",
    },
    collect: { meant: ["fetch", "download"], help: "Collects the records from AgentPhone, in place of files." },
    period: { ...PERIOD_OPTIONS.period, help: "With --collect: the period to collect: week, month or year." },
    offset: { ...PERIOD_OPTIONS.offset, help: "With --collect: whole periods to move by; -1 is the previous one." },
    ...VENDOR_OPTIONS,
  },
  examples: ["serve june.ndjson", "serve calls.ndjson messages.json.gz --agents agents.json --port 0"],
  async run({ operands, options }) {
    const { collect: isCollecting = false, ...given } = options;
    checkSource(operands, isCollecting, given);
    const asked = queryOf({ ...given, period: given.period ?? "month" });
    periodBounds(asked.query); // notices wrong options before anything is read
    const token = tokenOfEnvironment();
    const vendor = isCollecting ? await vendorOf(given) : undefined;
    const listening = await listen(given.port);
    const inputs = await followedInputs(operands);
    const known = await knownOf(asked, given);
    const source = vendor === undefined ? { follower: await Follower.of(inputs) } : await collected(vendor, asked);
    const handler = await handlerOf(source, known, asked, token);
    const page = await pageFiles();
    listening.answer(async (request) => (await page(request)) ?? (await handler(request)));
    noteZone(asked);
    await print(greeting(listening, token));
    return source.follower.follow();
  },
});

interface Given {
  period?: string;
  agents?: string;
  account?: string;
  "include-idle"?: true;
}

function checkSource(operands: readonly string[], isCollecting: boolean, given: Given): void {
  if (isCollecting) {
    if (operands.length > 0) throw wrongUsage("--collect and a file are given; wanted one of them");
    if (given.period === undefined) throw wrongUsage("--collect needs --period; wanted week, month or year");
    return;
  }
  const idle = OF_COLLECTING.find((name) => name in given);
  if (idle !== undefined) throw wrongUsage(`--${idle} has no effect without --collect; wanted both`);
  if (operands.length === 0) {
    throw wrongUsage("no file is named; wanted files of records, - for standard input, or --collect");
  }
  if (given["include-idle"] !== undefined && given.agents === undefined) {
    throw wrongUsage("--include-idle has no effect without --agents FILE; wanted both");
  }
}

/** Listens before anything is read, so that a wrong port is noticed at once. */
async function listen(asked: string | undefined): Promise<Listening> {
  const port = asked === undefined ? PORT : integerOf("--port", asked);
  if (port < 0 || port > 65_535) throw wrongUsage(`--port is ${port}: wanted 0 to 65535`);
  const listening = await listenOn(port);
  if (listening !== undefined) return listening;
  const other = asked === undefined ? await listenOn(0) : undefined;
  if (other === undefined) throw portInUse(port);
  note(`port ${port} is in use; another one is taken`);
  return other;
}

/** The inputs, of which regular files are followed. */
async function followedInputs(paths: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const [index, input] of (await inputsOf(paths)).entries()) {
    const path = paths[index] ?? "";
    const isFollowed = path !== "-" && (await stat(path)).isFile();
    inputs.push(isFollowed ? await FollowedFile.find(path) : input);
  }
  return inputs;
}

/** What records do not contain: the options of all reports, and the account, with the file that it is from. */
interface Known {
  query: ReportOptions;
  account: Account;
  accountFile: string;
}

async function knownOf(asked: Asked, given: Given): Promise<Known> {
  const { tz, weekStart } = asked.query;
  const query: ReportOptions = { tz, includeIdle: given["include-idle"] ?? false, ...(weekStart && { weekStart }) };
  const [directory] = given.agents === undefined ? [] : await inputsOf([given.agents]);
  const [file] = given.account === undefined ? [] : await inputsOf([given.account]);
  if (directory !== undefined) {
    query.agents = await agentsOf(directory);
    checkAgents(directory, { ...query, ...asked.query });
  }
  const account: Account = file === undefined ? {} : await jsonOf(file, "an answer of GET /v1/usage");
  return { query, account, accountFile: file?.name ?? "" };
}

/** The counts that are served, and the names that came with them. */
interface Source {
  follower: Follower;
  agents?: AgentPage;
  phoneNumbers?: NumberPage;
}

/** Collects the records of the period, and the names of agents and phone numbers. */
async function collected(vendor: Vendor, { query }: Asked): Promise<Source> {
  const rollup = new UsageRollup({ onInvalid: "skip" });
  const collection = await collectPages({ ...vendor, window: query }, ({ records }) => {
    rollup.push(records);
  });
  for (const shortfall of shortfallsOf(collection)) warn(shortfall);
  const { periodStart, periodEnd } = periodBounds(query);
  note(`the records are those from ${periodStart} to ${periodEnd}; there are no others`);
  return { follower: Follower.ofCounts(rollup), agents: collection.agents(), phoneNumbers: collection.numbers() };
}

async function handlerOf(source: Source, known: Known, asked: Asked, token: Token): Promise<UsageHandler> {
  const { createUsageHandler } = await import("usage-by-agent/handler"); // other commands do not load it
  const { follower, agents, phoneNumbers } = source;
  const { now } = asked.query;
  const hasNumbers = phoneNumbers !== undefined && known.account?.phoneNumbers === undefined;
  try {
    return createUsageHandler({
      rollup: () => follower.latest(),
      authorize: accepts(token),
      query: { ...(agents && { agents }), ...known.query },
      account: hasNumbers ? { ...known.account, phoneNumbers } : known.account,
      ...(now !== undefined && { now: () => now }),
      onError: (error) => warn(error instanceof Error ? error.message : String(error)),
    });
  } catch (error) {
    const isOfAccount = isOfOptions(error) && error.path?.startsWith("/account");
    throw isOfAccount ? unusable(`${known.accountFile}: ${withoutPlace(error)}`) : error;
  }
}

/** What is printed when requests are answered. The token goes to curl by a pipe, because everyone can read a command's arguments. */
function greeting({ origin }: Listening, { text, isOwn }: Token): string {
  const header = isOwn ? `"Authorization: Bearer $${VARIABLE}"` : `'Authorization: Bearer ${text}'`;
  const page = isOwn ? `${origin}/#token=…, with the token of ${VARIABLE}` : `${origin}/#token=${text}`;
  return [
    `The page:    ${page}`,
    `The answers: echo ${header} | curl -H @- '${origin}/v1/usage/by-agent?period=month'`,
    `Described:   ${origin}/openapi.json`,
    "Ctrl-C ends it.\n",
  ].join("\n");
}
