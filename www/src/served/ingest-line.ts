/** One line about the webhooks that the service gets: when the last one came, and what became of those that do not count. */
import { make, untrusted } from "../dom.js";
import { count } from "../format.js";

/** The part of `GET /v1/ingest` that is shown. */
interface Ingest {
  lastDeliveryAt: string | null;
  lastRefusedAt: string | null;
  refused: Record<string, number>;
  invalid: number;
  forwardFailed: number;
}

/** Why deliveries were refused. */
const REASONS: Record<string, string> = {
  unsigned: "without a signature",
  bad_signature: "signed with another secret",
  bad_timestamp: "with a time that is not a number",
  too_old: "too old",
  too_new: "from the future",
  too_large: "too large",
  not_json: "not JSON",
  incomplete: "cut off",
  over_rate: "too many at once",
  unavailable: "while the service had trouble",
};

const UNITS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export class IngestLine {
  readonly element = make("p", { class: "ingest-line" });
  #ingest: Ingest | null = null;
  #shown = "";

  constructor() {
    this.element.hidden = true;
  }

  /** Takes what the server says. */
  take(ingest: unknown): void {
    this.#ingest = ingest as Ingest;
    this.draw();
  }

  /** Draws it again if its words have changed, because time has gone by. */
  draw(): void {
    const parts = this.#ingest === null ? [] : partsOf(this.#ingest);
    const shown = parts.map((part) => (typeof part === "string" ? part : (part.textContent ?? ""))).join("");
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.hidden = parts.length === 0;
    this.element.replaceChildren(...parts);
  }
}

function partsOf({ lastDeliveryAt, lastRefusedAt, refused, invalid, forwardFailed }: Ingest): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] =
    lastDeliveryAt === null ? ["No webhook has come yet."] : ["The last webhook came ", ago(lastDeliveryAt), "."];
  const reasons = Object.entries(refused).filter(([, times]) => times > 0);
  const times = reasons.reduce((sum, [, each]) => sum + each, 0);
  if (times > 0) {
    parts.push(` ${count(times)} ${times === 1 ? "was" : "were"} refused: `);
    for (const [n, [reason, each]] of reasons.entries()) {
      const number = reasons.length > 1 ? `${count(each)} ` : "";
      parts.push(`${n === 0 ? "" : ", "}${number}`, reasonOf(reason));
    }
    if (lastRefusedAt !== null) parts.push("; the last one ", ago(lastRefusedAt));
    parts.push(".");
  }
  if (invalid > 0) parts.push(` ${count(invalid)} had a record that can’t count.`);
  if (forwardFailed > 0) parts.push(` ${count(forwardFailed)} did not reach your endpoint.`);
  return parts;
}

const reasonOf = (reason: string): string | HTMLElement =>
  Object.hasOwn(REASONS, reason) ? (REASONS[reason] as string) : untrusted(reason, 40);

/** A time in words, with the exact local one behind it. */
function ago(time: string): HTMLElement {
  const at = Date.parse(time);
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  const [unit, length] = UNITS.find(([, least]) => seconds >= least) ?? ["minute", 60];
  const words =
    seconds < 60
      ? "less than a minute ago"
      : new Intl.RelativeTimeFormat("en").format(-Math.floor(seconds / length), unit);
  return make("time", { datetime: time, title: new Date(at).toLocaleString("en") }, words);
}
