/** What the page asks an audit for, and what it gets, as plain data. */
import type { Part } from "usage-by-agent/audit";
import type { Reading } from "../usage/usage.js";

/** What an audit is of. */
export interface AuditRequest {
  /** The vendor's answer, as it came. */
  body: string;
  /** The files of records; saved counts; lists of agents. */
  records: Blob[];
  snapshots: Blob[];
  agents: Blob[];
  reading: Reading;
  tz: string;
  weekStart: string;
}

/** Parts of the document under one heading; the first section has none. */
export interface Section {
  heading: string;
  parts: Part[];
}

/** What an audit has found. */
export type AuditFound =
  | {
      kind: "audit";
      isRight: boolean;
      title: string;
      verdict: string;
      sections: Section[];
      /** The zone that the answer is of, if it is another one than that of the view; one of several that may fit. */
      otherZone: string | null;
      /** The letter to the vendor, in Markdown. */
      letter: string;
      /** The period of the answer, as the view names it. */
      period: "week" | "month" | "year";
      /** The first local date of the period, `YYYY-MM-DD`. */
      date: string;
    }
  /** An answer of another endpoint: it is checked, and not compared. */
  | { kind: "check"; title: string; problems: { path: string; message: string; isError: boolean }[] };
