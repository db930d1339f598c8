const TOKEN = "[!#$%&'*+.^_`|~\\w-]+";
const PARAMETER = `(${TOKEN})=(${TOKEN}|"[^"]*")`;
const RANGE = new RegExp(`^(${TOKEN}/${TOKEN})\\s*((?:;\\s*(?:${PARAMETER}\\s*)?)*)$`);

/** The ranges that hold our one type; of those that are there, the one that says most about it decides (RFC 9110 §12.5.1). */
const OURS = ["application/json", "application/*", "*/*"];

/** Does the caller take JSON? What can't be read excludes nothing. */
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
