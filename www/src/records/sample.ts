import type { Chosen } from "../usage/local.js";

/** A day in the sample's last full month. The sample is fixed, so a report of the current month would be empty. */
export const SAMPLE_DATE = "2025-06-18";

/** Fetches the sample, which is then treated as files of the user. */
export function fetchSample(): Promise<Chosen[]> {
  return Promise.all([fetched("sample.ndjson", "The sample"), fetched("sample-agents.json", "The sample’s agents")]);
}

async function fetched(file: string, name: string): Promise<Chosen> {
  const response = await fetch(new URL(file, document.baseURI));
  if (!response.ok) throw new Error(`${file} can't be fetched: ${response.status} ${response.statusText}`);
  return { name, blob: await response.blob() };
}
