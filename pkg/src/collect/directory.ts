// Lists the agents and the phone numbers, which are few and are kept.

import { UsageError } from "usage-by-agent";
import type { Json } from "./client.js";
import { hashOf, keyOf } from "./hash.js";
import { IdSet } from "./id-set.js";
import { listPages } from "./offset-list.js";
import { addShortfall, newList } from "./progress.js";
import { count, missingOf, moveOn, type Run } from "./run.js";

/** The most agents and the most numbers that are kept, so that memory stays bounded. */
const MAX_KEPT = 20_000;

/** The most ids by which another account is recognised. */
const MAX_MARKS = 8;

const FIELDS = {
  agents: ["id", "name", "voiceMode", "modelTier", "createdAt"],
  numbers: ["id", "phoneNumber", "country", "status", "type", "agentId", "createdAt"],
};

/** Lists the agents and the numbers anew, also when a collection goes on from a state. */
export async function readDirectory(run: Run): Promise<void> {
  await readWhole(run, "agents");
  await readWhole(run, "numbers");
  checkAccount(run);
}

async function readWhole(run: Run, name: "agents" | "numbers"): Promise<void> {
  const { client, options, progress } = run;
  const list = newList();
  list.order.falls = list.order.rises = false; // these lists have no time that orders them
  progress.lists[name] = list;
  progress.shortfalls = progress.shortfalls.filter((shortfall) => shortfall.list !== name);
  const path = `/v1/${name}`;
  const seen = new IdSet();
  const { concurrency } = options;
  for (let pass = 1; pass <= 2; pass++) {
    list.firstTotal = null;
    const isSeen = (item: Json) => seen.has(keyOf(item));
    for await (const page of listPages(client, { path, offset: 0, concurrency, isSeen, continues: false })) {
      count(run, pass > 1);
      for (const item of page.items) {
        if (!isSeen(item)) list.listed++;
        seen.add(keyOf(item));
        keep(run, name, item);
      }
      moveOn(list, page);
      list.given = list.listed;
      run.report(name);
    }
    if (list.listed >= (list.total ?? 0)) break;
  }
  list.read = "end";
  const { missing } = missingOf(list);
  if (missing === 0) return;
  const message = `the vendor says that there are ${list.total} ${name}, and lists ${list.listed}`;
  addShortfall(progress, { list: name, path, code: "short", missing, message });
}

/** Keeps the fields of an agent or a number that reports and rates need. */
export function keep(run: Run, name: "agents" | "numbers", item: Json): void {
  const { id } = item;
  if (typeof id !== "string" || run[name].size >= MAX_KEPT) return;
  const kept = Object.fromEntries(
    FIELDS[name].filter((field) => item[field] !== undefined).map((field) => [field, item[field]]),
  );
  const texts = name === "agents" ? { name: id } : { phoneNumber: "", country: "", status: "" };
  for (const [field, absent] of Object.entries(texts)) if (typeof kept[field] !== "string") kept[field] = absent;
  run[name].set(id, kept);
}

/** Refuses to go on with another account, of which no agent and no number is the state's. */
function checkAccount({ agents, numbers, progress }: Run): void {
  const ids = [...[...numbers.keys()].slice(0, MAX_MARKS), ...[...agents.keys()].slice(0, MAX_MARKS)];
  const { account } = progress;
  const all = new Set([...numbers.keys(), ...agents.keys()].map(hashOf));
  if (account.length > 0 && all.size > 0 && !account.some((mark) => all.has(mark))) {
    const got = "the state is of another account: none of its agents and phone numbers exists in the token's account";
    throw new UsageError(
      "invalid_option",
      `${got}; wanted the token of that account, or leave \`resume\` out to begin again`,
      {
        path: "/resume",
      },
    );
  }
  if (account.length === 0) progress.account = ids.map(hashOf);
}
