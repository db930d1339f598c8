/* global Deno */
/** Runs in Deno. It prints the result of the comparison, and the versions that Deno reports. */
import * as usage from "../../../pkg/dist/slim.js";
import { CHANGED } from "../../support/tz-releases.mjs";

usage.initSync(Deno.readFileSync(new URL("../../../pkg/wasm/usage_by_agent.wasm", import.meta.url)));
const { compare } = await import(`./${Deno.args[1]}`);
const runtime = `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, tz ${process.versions.tz} as it reports`;
console.log(JSON.stringify({ runtime, ...compare(usage, Number(Deno.args[0]), CHANGED) }));
