import type { Look, Problem } from "usage-by-agent";
import type { Failure, SourceFacts, SourceKind, SourceState } from "../usage/usage.js";
import type { Listed } from "./directory.js";

/** One file that the user gave, and what has become of it. */
export class Source {
  kind: SourceKind = "unknown";
  state: SourceState = "waiting";
  textBytes: number | null = null;
  items: number | null = null;
  failure: Failure | null = null;
  /** The problems of its records. */
  problems: Problem[] = [];
  /** What it is, if it can't be used. */
  look: Look | undefined;
  /** What it adds to the directory. */
  listed: Listed | null = null;

  constructor(
    readonly id: number,
    readonly name: string,
    readonly blob: Blob,
  ) {}

  facts(): SourceFacts {
    const { id, name, kind, state, textBytes, items, failure, problems } = this;
    return { id, name, kind, state, bytes: this.blob.size, textBytes, items, failure, problems };
  }
}
