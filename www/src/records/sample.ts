import type { Chosen } from "../usage/local.js";

/** Fetches the sample, which is then treated as files of the user. */
export function fetchSample(): Promise<Chosen[]> {
  return Promise.all([fetched("sample.ndjson.gz", "The sample"), fetched("sample-agents.json", "The sample’s agents")]);
}

async function fetched(file: string, name: string): Promise<Chosen> {
  const response = await fetch(new URL(file, document.baseURI));
  if (!response.ok) throw new Error(`${file} can't be fetched: ${response.status} ${response.statusText}`);
  return { name, blob: await response.blob() };
}

/** An answer of `GET /v1/usage/by-agent` about the sample, with a mistake to find. */
export async function fetchSampleAnswer(): Promise<string> {
  return (await fetched("sample-answer.json", "")).blob.text();
}
