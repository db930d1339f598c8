// Collects from the vendor into a service.

import type { CollectedPage, Collection, CollectOptions } from "usage-by-agent/collect";
import { AgentNames } from "../../collect/agent-names.js";
import { collectPages, sayShortfalls } from "../collecting.js";
import { EXIT } from "../failure.js";
import { completenessResult } from "../formats/completeness.js";
import { type Format, write } from "../formats/formats.js";
import { Interruption } from "../interruption.js";
import { type Asked, noteZone } from "../period-options.js";
import { note, warn } from "../terminal/output.js";
import { collectWindowOf, type WindowQuery } from "../window-options.js";
import type { Service, Uploaded } from "./service.js";

/** An upload is sent when it has so many characters. */
const UPLOAD = 1 << 20;

/**
 * Collects into a service. It has no state: records that the service has already are duplicates there.
 *
 * @param asked the window
 * @param source where to ask
 * @param format how the result is written to standard output
 * @returns the exit code
 * @throws {Failure} if the vendor or the service can't be used
 */
export async function collectIntoService(
  service: Service,
  asked: Asked<WindowQuery>,
  source: Pick<CollectOptions, "token" | "baseUrl" | "subAccountId" | "verify">,
  format: Format,
): Promise<number> {
  if (format !== "table") noteZone(asked);
  const interruption = new Interruption();
  const upload = new Upload(service, interruption.signal);
  let collection: Collection;
  try {
    const options = { ...source, window: collectWindowOf(asked.query), signal: interruption.signal };
    collection = await collectPages(options, (page, from) => upload.take(page, from));
    await upload.send();
  } catch (error) {
    note(`the service has ${inWords(upload.sum)}; run the command again to go on: what is there is not counted twice`);
    if (interruption.exit === undefined) throw error;
    return interruption.exit;
  } finally {
    interruption.stop();
  }
  sayShortfalls(collection);
  if (upload.sum.invalid > 0) warn(`the service can't count ${upload.sum.invalid} records, which are invalid`);
  await write(completenessResult(collection.completeness(), "the service", asked), format);
  note(`the service has ${inWords(upload.sum)}`);
  return EXIT.fine;
}

const inWords = ({ counted, duplicates }: Uploaded) =>
  `${counted} new records of this run, and had ${duplicates} of them before`;

/** Records that wait until they are sent together. */
class Upload {
  readonly sum: Uploaded = { counted: 0, duplicates: 0, notCounted: 0, invalid: 0 };
  readonly #service: Service;
  readonly #signal: AbortSignal;
  #text = "";
  readonly #names = new AgentNames();

  constructor(service: Service, signal: AbortSignal) {
    this.#service = service;
    this.#signal = signal;
  }

  async take({ records }: CollectedPage, collection: Collection): Promise<void> {
    for (const record of records) this.#text += `${JSON.stringify(this.#names.named(record, collection))}\n`;
    if (this.#text.length >= UPLOAD) await this.send();
  }

  async send(): Promise<void> {
    if (this.#text === "") return;
    const uploaded = await this.#service.add(this.#text, this.#signal);
    this.#text = "";
    for (const kind of ["counted", "duplicates", "notCounted", "invalid"] as const) this.sum[kind] += uploaded[kind];
  }
}
