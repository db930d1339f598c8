/* global Deno */
/** What Deno runs: the comparison, and what it says of itself. */
import * as usage from "../../../pkg/dist/entries/node.js";
import { CHANGED } from "../../support/tz-releases.mjs";
import { compare } from "./compare.js";

const runtime = `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, tz ${process.versions.tz} by its own word`;
console.log(JSON.stringify({ runtime, ...compare(usage, Number(Deno.args[0]), CHANGED) }));
