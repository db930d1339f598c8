// Reports from bytes and from objects, compared with loops in plain JavaScript and with peers, in each runtime. Then streams of
// growing size.

import { digits, inProcess, median, note, ratios, spread } from "./measure.mjs";
import { fileOf } from "./records/input.mjs";
import { runtimes } from "./records/runtimes.mjs";

/** The rounds in Node, and the rounds in other runtimes and of streams. One round to warm up comes before them. */
const [IN_NODE, ELSEWHERE] = (process.env.ROUNDS ?? "5 3").split(" ").map(Number);
const rounds = (runtime) => (runtime.startsWith("Node") ? IN_NODE : ELSEWHERE);
/** What is read: `DOORS=objects` leaves out the bytes and the streams. */
const DOORS = (process.env.DOORS ?? "bytes objects streams").split(" ");
const PEERS = ["Arquero"];
const STREAMS = [1e7, 1e8, 1e9, 1.7e9]; // bytes

export async function records() {
  const rows = [];
  for (const [door, set, format] of [
    ["bytes", "mixed", "array"],
    ["bytes", "mixed", "ndjson"],
    ["bytes", "transcripts", "ndjson"],
    ["objects", "listed", "array"],
    ["objects", "mixed", "array"],
  ].filter(([door]) => DOORS.includes(door))) {
    const input = { ...(await fileOf(set, format)), format };
    const size = `${digits(input.bytes / 1e6)} MB, ${digits(input.records)} records`;
    for (const [runtime, contest] of Object.entries(runtimes())) {
      const what = `${door} to report, ${door === "bytes" ? format : "an array"}, ${set}`;
      note(`${what}: ${runtime}`);
      const costs = await contest(door, input, rounds(runtime));
      for (const dedupe of [false, true]) rows.push(...compared(costs, dedupe, `${what} (${size}), ${runtime}`, input));
    }
  }
  return {
    rows: [...rows, ...(DOORS.includes("streams") ? await growth() : [])],
    notes: [
      `Rounds: ${IN_NODE} in Node, ${ELSEWHERE} elsewhere and of streams (ROUNDS="${IN_NODE} ${ELSEWHERE}"). Times of reports are those that the main thread ran, in Chromium those of the wall. The loops check no types and no text, and keep no account of what they pass over.`,
      "Arquero gets the events as columns, which a loop takes out of the records within its time; it is not asked for names.",
      "Streams come in chunks of 64 KiB. Memory is above that of the start: the module's, which never shrinks; in brackets the process's (resident), JavaScript's included.",
      "DuckDB-Wasm is not here: what reads JSON in it is an extension that it downloads when it runs.",
    ],
  };
}

/** Compares with the loop that has the best median, and with each peer. */
function compared(costs, dedupe, what, { bytes, records }) {
  const of = (name) => costs[`${name} ${dedupe}`];
  const perRecord = (ms) => `${digits((ms * 1e6) / records)} ns a record`;
  const rate = (ms) =>
    what.startsWith("bytes") ? `${digits(bytes / 1e3 / ms)} MB/s, ${perRecord(ms)}` : perRecord(ms);
  const names = Object.keys(costs)
    .filter((name) => name.endsWith(` ${dedupe}`))
    .map((name) => name.slice(0, name.lastIndexOf(" ")));
  const loops = names.filter((name) => name !== "ours" && !PEERS.includes(name));
  const [best, ...others] = loops.sort((a, b) => median(of(a)) - median(of(b)));
  const row = (name, against) => ({
    job: `${what}, dedupe ${dedupe ? "on" : "off"}`,
    against,
    ratio: `${spread(ratios(of(name), of("ours")))} × as fast`,
    ours: rate(median(of("ours"))),
    theirs: rate(median(of(name))),
  });
  return [
    row(best, `a loop over ${best}${others.length > 0 ? ` (slower: ${others.join(", ")})` : ""}`),
    ...names.filter((name) => PEERS.includes(name)).map((name) => row(name, name)),
  ];
}

async function growth() {
  const { file, agents } = await fileOf("mixed", "ndjson");
  note("streams that grow");
  const args = [file, agents, String(ELSEWHERE), ...STREAMS.map(String)];
  const results = inProcess(new URL("records/growth.mjs", import.meta.url), args, { flags: ["--expose-gc"] });
  return results.map(({ dedupe, bytes, records, ms, memory, resident }) => {
    const size = `${digits(bytes / 1e6)} MB, ${digits(records)} records`;
    const speed = `${digits(bytes / 1e3 / ms)} MB/s, ${digits((ms * 1e6) / records)} ns a record`;
    return {
      job: `a stream of bytes to report, ndjson, mixed (${size}), dedupe ${dedupe ? "on" : "off"}`,
      against: "",
      ratio: "",
      ours: `${speed}; memory ${digits(memory / 1e6)} MB (${digits(resident / 1e6)} MB)`,
      theirs: "",
    };
  });
}
