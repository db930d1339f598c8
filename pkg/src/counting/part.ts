import type { RecordDefaults } from "../types.js";

/**
 * A part of a text, counted apart from the rest, in a form that one thread can send to another.
 *
 * @internal
 */
export interface CountedPart {
  /** Where the part stands in the text, and its pages: numbers of the core. */
  readonly place: Float64Array<ArrayBuffer>;
  /** Its counts. */
  readonly snapshot: Uint8Array<ArrayBuffer>;
  /** The text of its first record of an unknown kind, or its beginning. Empty if there is none. */
  readonly unknown: Uint8Array<ArrayBuffer>;
}

/**
 * What is used of the counter that reads a text in order.
 *
 * @internal
 */
export interface WholeCounts {
  pushBytes(chunk: Uint8Array): unknown;
  mergePart(part: CountedPart): boolean;
}

/**
 * What is used of the counter of a part.
 *
 * @internal
 */
export interface PartCounts {
  beginPart(start: number, defaults?: RecordDefaults): PartCounts;
  pushBytes(chunk: Uint8Array): unknown;
  endPart(): CountedPart | undefined;
  free(): void;
}
