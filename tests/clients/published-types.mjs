/** Checks values against the types that npm's `agentphone` declares for its responses. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("api/types/", import.meta.resolve("agentphone"));
const read = new Map();

/** The fields of an interface: `[name, optional, alternatives]`. */
function fieldsOf(type) {
  if (!read.has(type)) {
    const text = readFileSync(fileURLToPath(new URL(`${type}.d.mts`, FOLDER)), "utf8");
    const body = text.match(new RegExp(`export interface ${type} \\{\n(.*?)\n\\}`, "s"));
    if (!body) throw new Error(`${type} is not an interface`);
    const fields = [...body[1].matchAll(/^ {4}(\w+)(\??): (.+);$/gm)];
    read.set(
      type,
      fields.map(([, name, optional, declared]) => [name, optional === "?", declared.split(" | ")]),
    );
  }
  return read.get(type);
}

/** Returns what is wrong with a value: a list of `path: …`. Fields that the type does not declare are allowed. */
export function problemsOf(value, type, path = type) {
  return fieldsOf(type).flatMap(([name, optional, alternatives]) => {
    const at = `${path}.${name}`;
    if (!(name in value)) return optional ? [] : [`${at} is missing`];
    const tried = alternatives.map((declared) => mismatch(value[name], declared, at));
    return tried.some((problems) => problems.length === 0) ? [] : tried.flat();
  });
}

function mismatch(value, declared, path) {
  const wrong = [`${path}: ${JSON.stringify(value)} is not ${declared}`];
  if (declared === "null") return value === null ? [] : wrong;
  if (["string", "number", "boolean"].includes(declared)) return typeof value === declared ? [] : wrong;
  if (declared.endsWith("[]")) {
    if (!Array.isArray(value)) return wrong;
    return value.flatMap((item, i) => mismatch(item, declared.slice(0, -2), `${path}[${i}]`));
  }
  if (declared.startsWith("Record<")) return typeof value === "object" && value !== null ? [] : wrong;
  if (declared.startsWith("AgentPhone.")) {
    if (typeof value !== "object" || value === null) return wrong;
    return problemsOf(value, declared.slice("AgentPhone.".length), path);
  }
  // A set of texts, such as AgentResponse.VoiceMode.
  if (/^\w+\.\w+$/.test(declared)) return typeof value === "string" ? [] : wrong;
  throw new Error(`${path}: cannot check the type ${declared}`);
}
