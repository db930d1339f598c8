import type { Chosen } from "./files.js";

/** A day in the sample's last full month. The sample is fixed, so a report of the current month would be empty. */
export const SAMPLE_DATE = "2025-06-18";

/** Fetches the sample, which is then treated as a file of the user. */
export async function fetchSample(): Promise<{ records: Chosen; agents: Chosen }> {
  const [records, agents] = await Promise.all([fetchFile("sample.ndjson"), fetchFile("sample-agents.json")]);
  return { records: { name: "The sample", blob: records }, agents: { name: "The sample’s agents", blob: agents } };
}

async function fetchFile(name: string): Promise<Blob> {
  const response = await fetch(new URL(name, document.baseURI));
  if (!response.ok) throw new Error(`${name} can't be fetched: ${response.status} ${response.statusText}`);
  return response.blob();
}
