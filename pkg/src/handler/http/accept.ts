const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const PARAMETER = `(${TOKEN})=(${TOKEN}|"[^"]*")`;
const RANGE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*((?:;\\s*(?:${PARAMETER}\\s*)?)*)$`);

/** The media ranges that match JSON, the most specific first. The most specific range in a request decides (RFC 9110 §12.5.1). */
const OURS = ["application/json", "application/*", "*/*"];

/** Whether the caller accepts JSON. A range that can't be parsed counts as accepting it. */
export function acceptsJson(request: Request): boolean {
  const weights = new Map<string, number>();
  for (const range of request.headers.get("accept")?.match(/(?:"[^"]*"|[^,])+/g) ?? []) {
    const [, written, parameters = ""] = RANGE.exec(range.trim()) ?? [];
    if (written === undefined) return true;
    const type = written.toLowerCase();
    weights.set(type, Math.max(weightOf(parameters), weights.get(type) ?? 0));
  }
  const decisive = OURS.find((range) => weights.has(range));
  return weights.size === 0 || (decisive !== undefined && weights.get(decisive) !== 0);
}

function weightOf(parameters: string): number {
  for (const [, name, value] of parameters.matchAll(new RegExp(PARAMETER, "g"))) {
    if (name?.toLowerCase() === "q") return value !== undefined && /^0(?:\.0{0,3})?$/.test(value) ? 0 : 1;
  }
  return 1;
}
