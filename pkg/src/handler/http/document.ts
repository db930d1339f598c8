import { OPENAPI } from "./openapi.js";

/** Where a handler's responses come from: they are computed, or an upstream gives them. */
export type SourceKind = "computed" | "upstream";

type Operation = { "x-source"?: SourceKind; parameters: { "x-source"?: SourceKind }[] };

const texts: Partial<Record<SourceKind, string>> = {};

/** The OpenAPI document of a handler, without the endpoints and parameters that only the other kind of source has. It is made once. */
export function documentOf(kind: SourceKind): string {
  texts[kind] ??= JSON.stringify(filtered(kind));
  return texts[kind];
}

function filtered(kind: SourceKind): object {
  const document = structuredClone(OPENAPI) as { paths: Record<string, { get: Operation }> };
  for (const [path, { get }] of Object.entries(document.paths)) {
    if ((get["x-source"] ?? kind) !== kind) delete document.paths[path];
    get.parameters = get.parameters.filter((parameter) => (parameter["x-source"] ?? kind) === kind);
  }
  return document;
}
