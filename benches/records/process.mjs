// `node process.mjs DOOR FILE AGENTS FORMAT ROUNDS` prints the costs of a contest as JSON. It runs in Deno too.

import { readFileSync } from "node:fs";
import { clock } from "../measure.mjs";
import { contest } from "./contest.mjs";
import { queryOf } from "./input.mjs";

const [door, file, agentsFile, format, rounds] = process.argv.slice(2);
const isNode = globalThis.Deno === undefined;
const peers = isNode && door === "objects" ? { Arquero: (await import("./arquero.mjs")).arquero } : {};
const bytes = readFileSync(file);
const costs = await contest(door, { bytes, format, query: queryOf(agentsFile), rounds: Number(rounds), clock, peers });
console.log(JSON.stringify(costs));
