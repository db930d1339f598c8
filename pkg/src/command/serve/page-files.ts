// The files of the page, as the build has listed them. The page uses the package's own scripts and module, which are not packed twice.

import { readFile } from "node:fs/promises";

/** One file of the page: where it is, and with which headers it is served. */
export interface PageFile {
  /** The place of the file, relative to the list. */
  file: string;
  headers: Record<string, string>;
}

/** The list, beside the script of the command. */
const LIST = new URL("./www/files.json", import.meta.url);

/** Answers a request for a file of the page; `undefined` for any other request. */
export async function pageFiles(): Promise<(request: Request) => Promise<Response | undefined>> {
  const files = new Map<string, PageFile>(Object.entries(JSON.parse(await readFile(LIST, "utf8"))));
  return async (request) => {
    const found = files.get(new URL(request.url).pathname);
    if (found === undefined || !["GET", "HEAD"].includes(request.method)) return undefined;
    const body = request.method === "HEAD" ? null : await readFile(new URL(found.file, LIST));
    return new Response(body, { headers: found.headers });
  };
}
