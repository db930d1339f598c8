// A document in parts, which a terminal, Markdown and a page show each in its way.

/** A part of a document. Its texts are plain, and may contain untrusted names. */
export type Part =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string }
  | { kind: "list"; items: readonly string[] }
  | { kind: "table"; columns: readonly TableColumn[]; rows: readonly (readonly string[])[] }
  | { kind: "code"; text: string };

/** A column of a table. */
export interface TableColumn {
  title: string;
  isNumber?: boolean;
  /** Whether its cells may be cut where there is little room. */
  mayBeCut?: boolean;
}
