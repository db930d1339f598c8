// Each contender in turn checks a by-agent response from bytes. The program prints the microseconds of a check in each round, as
// JSON.

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import * as v from "valibot";
import { z } from "zod";
import { validateResponse } from "../../pkg/dist/node.js";
import { interleaved } from "../rounds.mjs";
import { answer } from "./answer.mjs";

const [rows, rounds] = process.argv.slice(2).map(Number);
const bytes = new TextEncoder().encode(JSON.stringify(answer(rows)));
const expect = { period: "month", tz: "America/New_York" };

const decoder = new TextDecoder();
const parsed = () => JSON.parse(decoder.decode(bytes));

const zCount = z.number().int().nonnegative();
const zodSchema = z.object({
  data: z.array(
    z.object({
      agentId: z.string().nullable(),
      agentName: z.string(),
      messages: zCount,
      calls: zCount,
      totalSeconds: zCount,
      isOrphan: z.boolean().default(false),
    }),
  ),
  period: z.enum(["week", "month", "year"]),
  periodStart: z.iso.datetime(),
  periodEnd: z.iso.datetime(),
});

const vCount = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const valibotSchema = v.object({
  data: v.array(
    v.object({
      agentId: v.nullable(v.string()),
      agentName: v.string(),
      messages: vCount,
      calls: vCount,
      totalSeconds: vCount,
      isOrphan: v.optional(v.boolean(), false),
    }),
  ),
  period: v.picklist(["week", "month", "year"]),
  periodStart: v.pipe(v.string(), v.isoTimestamp()),
  periodEnd: v.pipe(v.string(), v.isoTimestamp()),
});

// Ajv compiles the OpenAPI document that the package contains.
const { components } = JSON.parse(readFileSync(new URL("../../pkg/openapi.json", import.meta.url), "utf8"));
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "contract", components });
const ajvCheck = ajv.compile({ $ref: "contract#/components/schemas/AgentUsageResponse" });

const checks = {
  ours: () => validateResponse("by-agent", bytes, expect).ok,
  "ours, and the value": () => validateResponse("by-agent", bytes, expect).value.data.length === rows,
  Ajv: () => ajvCheck(parsed()),
  Zod: () => zodSchema.safeParse(parsed()).success,
  Valibot: () => v.safeParse(valibotSchema, parsed()).success,
  "JSON.parse alone": () => parsed().data.length === rows,
};

const times = Math.max(1, Math.round(20_000 / rows));
const timed = (check) => () => {
  const start = performance.now();
  for (let n = 0; n < times; n++) if (!check()) throw new Error("a sound answer was refused");
  return ((performance.now() - start) * 1000) / times;
};
const contenders = Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, timed(check)]));
await interleaved(contenders, { rounds: 5 }); // warms up
console.log(JSON.stringify({ bytes: bytes.length, costs: await interleaved(contenders, { rounds }) }));
