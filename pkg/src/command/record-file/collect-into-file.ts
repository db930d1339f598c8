// Collects from the vendor into a file of records.

import { UsageError } from "usage-by-agent";
import { type Collection, type CollectOptions, collect } from "usage-by-agent/collect";
import { collectPages, sayShortfalls } from "../collecting.js";
import { EXIT, Failure, wrongUsage } from "../failure.js";
import { completenessResult } from "../formats/completeness.js";
import { type Format, write } from "../formats/formats.js";
import { Interruption } from "../interruption.js";
import { type Asked, noteZone } from "../period-options.js";
import { note, warn } from "../terminal/output.js";
import { collectWindowOf, isDate, type WindowQuery, windowOf } from "../window-options.js";
import { firstRound, inWords, nextRound, reasonToCollectAgain, roundOf } from "./plan.js";
import { agentsPath, RecordFile, type Round } from "./record-file.js";
import { damaged } from "./saved.js";

/** Where to ask, and what for. */
export type Source = Pick<CollectOptions, "token" | "baseUrl" | "subAccountId" | "verify">;

/**
 * Collects into a file, or goes on with it.
 *
 * @param path the file; its state and the directory of agents are beside it
 * @param asked the window
 * @param source where to ask
 * @param format how the result is written to standard output
 * @returns the exit code
 * @throws {Failure} if the vendor or the file can't be used
 */
export async function collectIntoFile(
  path: string,
  asked: Asked<WindowQuery>,
  source: Source,
  format: Format,
): Promise<number> {
  const file = await RecordFile.open(path);
  try {
    return await intoFile(file, path, asked, source, format);
  } catch (error) {
    throw ofState(path, file.name, error);
  } finally {
    await file.close();
  }
}

async function intoFile(
  file: RecordFile,
  path: string,
  asked: Asked<WindowQuery>,
  source: Source,
  format: Format,
): Promise<number> {
  const plan = await planOf(file, asked, source);
  if (format !== "table") noteZone(asked);
  if (plan.say !== undefined) note(plan.say);
  const { round, resume } = plan;
  const interruption = new Interruption();
  let begun: Collection | undefined;
  let { collection } = plan;
  try {
    if (collection === undefined) {
      await file.begin(round);
      const window = collectWindowOf(round.query);
      const options = { ...source, window, signal: interruption.signal, ...(resume && { resume }) };
      collection = await collectPages(
        options,
        (page, from) => file.append(page, from),
        (from) => {
          begun = from;
        },
      );
      await file.finish(collection);
    }
  } catch (error) {
    const isKept = begun !== undefined && isOfVendor(error) && (await file.keep(begun));
    const goOn = `${file.name} has ${file.lines} records; run the command again to go on`;
    if (interruption.exit === undefined) {
      if (isKept) note(goOn);
      throw error;
    }
    note(`interrupted: ${isKept ? goOn : "nothing was collected"}`);
    return interruption.exit;
  } finally {
    interruption.stop();
  }
  sayShortfalls(collection);
  const completeness = collection.completeness();
  if (source.verify && completeness.notes.verified === null) {
    warn(
      "the messages were not compared by phone number, because not all ids are known; run the command again to compare",
    );
  }
  await write(completenessResult(completeness, file.name, { ...asked, query: round.query }), format);
  if (format === "table") note(`count the records with: ${reportOf(path, round.query)}`);
  return EXIT.fine;
}

/** What is to be done with a file. */
interface Plan {
  round: Round;
  /** The state from which to go on. */
  resume?: string;
  /** The collection, if there is nothing to do. */
  collection?: Collection;
  /** What the user should know. */
  say?: string;
}

async function planOf(file: RecordFile, { query }: Asked<WindowQuery>, source: Source): Promise<Plan> {
  const { saved, name } = file;
  const now = Date.now();
  if (saved === undefined) return { round: firstRound(query, now) };
  const round = roundOf(saved, query, now, name);
  const window = inWords(round.window);
  const collection = collect({ ...source, window: collectWindowOf(round.query), resume: saved.collection });
  const resume = saved.collection;
  if (!saved.isFinished) return { round, resume, say: `going on with ${name}, the records from ${window}` };
  const reason = reasonToCollectAgain(round, collection.completeness(), source.verify ?? false);
  if (reason !== undefined) {
    return {
      round: nextRound(round, now),
      say: `collecting ${name} again, because ${reason}; only what is new is added`,
    };
  }
  // The directory of the agents is all that is asked for again.
  if (!(await file.hasAgents())) return { round, resume };
  return { round, collection, say: `${name} is complete already, so that nothing was asked` };
}

/** Whether the vendor or an interruption has ended a collection. A state of another account is neither. */
const isOfVendor = (error: unknown) =>
  error instanceof Failure || (error instanceof UsageError && error.code === "aborted");

/** An error of the state that a file was gone on with, in the words of the command. */
function ofState(path: string, name: string, error: unknown): unknown {
  if (!(error instanceof UsageError) || error.path !== "/resume") return error;
  const [got = ""] = error.message.replace(/ \(at [^()]*\)$/, "").split("; wanted");
  if (!got.startsWith("the state is of another")) return damaged(path, got);
  const [, of = ""] = got.split(" is of another ");
  const other = of.replace("`baseUrl`", "--base-url").replace("`subAccountId`", "--sub-account-id");
  const wanted = "give the options and the API key of the first run to go on, or name another file with --out";
  return wrongUsage(`${name} was collected from another ${other}; ${wanted}`);
}

/** The command that counts the records of a file, for people to copy. */
function reportOf(path: string, query: WindowQuery): string {
  return `usage-by-agent report ${shellWord(path)} --agents ${shellWord(agentsPath(path))} ${windowInOptions(query)}`;
}

function windowInOptions(query: WindowQuery): string {
  if ("from" in query) {
    // Without a window it is all that the file has. Instants may be inside a quarter hour, where a report can't begin.
    return `${isDate(query.from) ? `--from ${query.from} --to ${query.to}` : "--by agent"} --tz ${query.tz}`;
  }
  const { startMs } = windowOf(query);
  const now = new Date(startMs).toISOString().replace(".000Z", "Z");
  const weekStart = query.weekStart === undefined ? "" : ` --week-start ${query.weekStart}`;
  return `--period ${query.period} --tz ${query.tz} --now ${now}${weekStart}`;
}

/** A word as a shell takes it. */
const shellWord = (text: string) =>
  /^[\w./:@%+][\w./:@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
