/** Generated records for the tests, equal in every run. */
import { agentsPage, generate, render } from "../../../tools/generate.mjs";

/** The text of generated records in a format, and their agents. */
export function records({ format = "ndjson", ...options }) {
  const all = {
    seed: 5,
    agents: 30,
    start: "2025-05-01T00:00:00Z",
    end: "2025-08-01T00:00:00Z",
    multiline: format !== "ndjson",
    ...options,
  };
  return { text: [...render(generate(all), { format, seed: all.seed })].join(""), agents: agentsPage(all) };
}

export const asFile = (name, content) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });

/** Noon of the tests' day, as the page reads it from `date=2025-06-18`. */
export const DAY = "2025-06-18";
export const NOON = Date.parse(`${DAY}T12:00:00Z`);
