/** Failures in plain words: what happened, and what to do. */
import type { Look } from "usage-by-agent";
import { sentence } from "../format.js";
import type { Failure } from "../usage/usage.js";
import { plainMessage } from "./problems.js";

/** What a reader can do about a failure with one button. */
export type Remedy = "read as UTC" | "leave out invalid records";

export interface Words {
  title: string;
  /** What happened. It may quote a file. */
  text: string;
  todo: string;
  remedy?: Remedy;
  /** A text for those who make the page, which readers need not understand. */
  details?: string;
}

const WANTED =
  "This page counts what the API of AgentPhone gives, as JSON: lists of calls and of messages, conversations with their messages, and " +
  "webhooks. Lists of agents and of numbers give names. An answer of GET /v1/usage/by-agent is compared with the records.";

/** What to do with input of a kind that has no records. */
const ADVICE: Partial<Record<Look["kind"], string>> = {
  conversations:
    "A list of conversations has no messages. Get each one by GET /v1/conversations/{id}, which has them, or collect them above.",
  deliveries:
    "Attempts to deliver webhooks do not say what was used. Use the bodies of the webhooks, or the lists of calls and messages.",
  lists: "Save the list of calls and the list of messages as two files, and drop both.",
  error: "The API refused the request, and its refusal was saved. Ask again with a valid API key.",
  foreign: "Only records of AgentPhone are counted here.",
};

const FORMAT_ADVICE: [pattern: RegExp, todo: string][] = [
  [/^(?:CSV|TSV|an? (?:old )?Excel)/, "A table has not everything that is counted. Save what the API gives, as JSON."],
  [/archive|data: decompress|^(?:zstd|bzip2|xz)/, "Then drop what is in it."],
  [
    /^an HTML page/,
    "A page was saved in place of the API’s answer, mostly because the API key was missing. Ask the API with a key.",
  ],
  [/^UTF-/, "Save it as UTF-8."],
];

const CODES: Record<string, (failure: Failure) => Words> = {
  unknown_records: notUnderstood,
  invalid_json: (failure) => (failure.message.startsWith(DAMAGED) ? damaged(failure) : broken(failure)),
  invalid_record: (failure) => ({
    title: `${nameOf(failure)} has an invalid record`,
    text: sentence(plainMessage(failure.message)),
    todo: "Invalid records stop the count, as you chose. They can be left out and listed instead.",
    remedy: failure.message.includes('naiveTimestamps: "utc"') ? "read as UTC" : "leave out invalid records",
  }),
  invalid_snapshot: notOpened,
  unreadable_file: (failure) => ({
    title: `${nameOf(failure)} can’t be read`,
    text: "The file was moved or changed after it was chosen, or the browser may not read it.",
    todo: "Choose it again.",
    details: failure.message,
  }),
  out_of_memory: (failure) => ({
    title: "The memory is full",
    text: `${nameOf(failure)} needs more memory than this browser gives.`,
    todo: "Close other tabs, and try again with fewer files. The command counts longer ones: npx usage-by-agent report FILE.",
    details: failure.message,
  }),
  terminated: (failure) => ({
    title: "The counting stopped",
    text: "The browser ended it, mostly because the memory was full.",
    todo: "Close other tabs, and add the files again, fewer at a time.",
    details: failure.message,
  }),
  not_initialised: (failure) => ({
    title: "This browser can’t count",
    text: "The page needs WebAssembly with SIMD, which this browser does not have or does not allow.",
    todo: "Use Chrome 91, Firefox 89 or Safari 16.4, or a newer version of them.",
    details: failure.message,
  }),
  unauthorized: (failure) => ({
    title: "The API key was refused",
    text: "AgentPhone does not accept this API key.",
    todo: "Copy the key again, or make a new one.",
    details: failure.message,
  }),
  forbidden: (failure) => ({
    title: "The API key may not read this",
    text: "AgentPhone accepts the API key, but not for what was asked.",
    todo: "Use a key that may read calls, conversations, agents and phone numbers.",
    details: failure.message,
  }),
  rate_limited: (failure) => ({
    title: "AgentPhone got too many requests",
    text: "It asks to wait, also after several attempts.",
    todo: "Wait some minutes, and go on.",
    details: failure.message,
  }),
  upstream_unreachable: (failure) => ({
    title: "AgentPhone can’t be reached",
    text: "There is no connection, or AgentPhone has trouble.",
    todo: "Check the connection, and go on.",
    details: failure.message,
  }),
  upstream_invalid: (failure) => ({
    title: "AgentPhone gave an unexpected answer",
    text: sentence(failure.message),
    todo: "Try again later.",
  }),
  overflow: (failure) => ({
    title: "The numbers are too large",
    text: sentence(failure.message),
    todo: "Look for a record with a wrong duration.",
  }),
  out_of_range: (failure) => ({
    title: "This period can’t be shown",
    text: sentence(failure.message),
    todo: "The calendar of this page is from 1970 to 2099. Choose a period in it.",
  }),
};

/** Saved counts that can't be used: forged, damaged, of another version, or made with other choices. */
function notOpened(failure: Failure): Words {
  const title = `${nameOf(failure)} can’t be opened`;
  const why = failure.message.replace(/^the snapshot can't be merged: /, "");
  if (why.includes("dedupe")) {
    return {
      title,
      text: "These counts were saved with the other setting of “Count the same id once”.",
      todo: "Change it under “How records are read”.",
    };
  }
  return {
    title,
    text: `The saved counts can’t be used: ${why}.`,
    todo: "Open counts that this version of the page has saved, or count the records again.",
  };
}

/** A failure in words. Messages that only programmers understand become details. */
export function wordsOf(failure: Failure): Words {
  const known = CODES[failure.code];
  if (known !== undefined) return known(failure);
  if (failure.where === "server")
    return { title: "The report can’t be fetched", text: sentence(failure.message), todo: "" };
  if (failure.code !== "unexpected") {
    const title = failure.where === "period" ? "This period can’t be shown" : "The count stopped";
    return { title, text: sentence(failure.message), todo: "" };
  }
  return {
    title: "Something went wrong in this page",
    text: "It is not the fault of your files.",
    todo: "Load the page again. If it happens again, say so to those who make it, with the details below.",
    details: failure.message,
  };
}

function notUnderstood(failure: Failure): Words {
  const { look } = failure;
  const title = `${nameOf(failure)} is not understood`;
  if (look === undefined) return { title, text: sentence(failure.message), todo: WANTED };
  const todo = ADVICE[look.kind] ?? FORMAT_ADVICE.find(([pattern]) => pattern.test(look.words))?.[1];
  return {
    title,
    text: sentence(`it looks like ${look.words}`),
    todo: todo ?? WANTED,
  };
}

function broken(failure: Failure): Words {
  return {
    title: `${nameOf(failure)} is not valid JSON`,
    text: sentence(plainMessage(failure.message)),
    todo: "If it was cut off, save it again. Invalid records can also be left out, so that the rest counts.",
    remedy: "leave out invalid records",
  };
}

/** How the package's error of gzip data begins. After it stand the words of the browser. */
const DAMAGED = "the gzip data is damaged";

function damaged(failure: Failure): Words {
  return {
    title: `${nameOf(failure)} can’t be unpacked`,
    text: "Its gzip data is damaged or cut off.",
    todo: "Download it or pack it again.",
    details: failure.message,
  };
}

const nameOf = ({ name }: Failure) => name ?? "This file";
