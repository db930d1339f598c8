import type { DurableStorage } from "../platform.js";
import { bytesOf } from "../shard/stored-records.js";
import { hasTable } from "../tally.js";
import type { ArchivedState } from "./lines.js";

/** How far a shard is archived. */
export interface Position {
  /** The archive. A shard begins another one anew. */
  archive: string;
  /**
   * The last key of the records that counted when archiving began and are archived; `null` when all of them are. An empty key is the
   * beginning.
   */
  dumped: Uint8Array | null;
  /** How many parts these records are so far. */
  pages: number;
  /** The number of the last change that is archived, or of the last one before archiving began. */
  n: number;
}

/** A part of what a shard archives. */
export interface ArchivedPage {
  /** Its name among those of the shard. Later states of a key are in parts whose names come later. */
  name: string;
  states: ArchivedState[];
  /** How far the shard is archived with it. */
  after: Position;
  /** Whether there is nothing more. */
  isLast: boolean;
}

/** The table with how far a shard is archived. */
export class StoredPosition {
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage) {
    this.#storage = storage;
  }

  /** `null` if the shard is not archived. */
  read(): Position | null {
    if (!hasTable(this.#storage, "archived")) return null;
    const [row = {}] = this.#storage.sql.exec("SELECT archive, dumped, pages, n FROM archived").toArray();
    const { archive, dumped, pages, n } = row;
    const key = dumped == null ? null : new Uint8Array(dumped as ArrayBuffer);
    return { archive: String(archive), dumped: key, pages: Number(pages), n: Number(n) };
  }

  write({ archive, dumped, pages, n }: Position): void {
    const { sql } = this.#storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS archived (one INTEGER PRIMARY KEY, archive TEXT NOT NULL, dumped BLOB, pages INTEGER NOT NULL, n INTEGER NOT NULL)",
    );
    const put = "INSERT OR REPLACE INTO archived (one, archive, dumped, pages, n) VALUES (1, ?, ?, ?, ?)";
    sql.exec(put, archive, dumped && bytesOf(dumped), pages, n);
  }

  /** The shard is not archived any more. */
  remove(): void {
    this.#storage.sql.exec("DROP TABLE IF EXISTS archived");
  }
}
