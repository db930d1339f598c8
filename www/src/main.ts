/** Connects the parts of the page: the controls, the files, the worker and the report. */
import { DEFAULTS, readAddress, type View, writeAddress } from "./address.js";
import { periodTitle, renderBounds } from "./bounds-view.js";
import { Controls } from "./controls.js";
import { byId, untrusted } from "./dom.js";
import { Engine } from "./engine.js";
import { renderFailure } from "./failure-view.js";
import { type Chosen, listenForFiles } from "./files.js";
import { count, elapsed, plural, size } from "./format.js";
import type { Failure, PeriodFacts, Result, Shown } from "./protocol.js";
import { fetchSample, SAMPLE_DATE } from "./sample.js";
import { hideFiles, ServedEngine } from "./served.js";
import { isAboutFile } from "./warnings-view.js";
import { renderReport } from "./whole-report.js";

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

let zones: readonly string[] = [];
let view: View = { ...DEFAULTS, tz: ownZone };
let records: Chosen | null = null;
let agents: Chosen | null = null;
let period: PeriodFacts | null = null;
/** Whether the file was just opened and its report has not been shown yet. */
let fresh = false;

const title = byId("period-title", HTMLElement);
const bounds = byId("bounds", HTMLElement);
const status = byId("status", HTMLElement);
const run = byId("run", HTMLElement);
const progress = byId("progress", HTMLProgressElement);
const failure = byId("failure", HTMLElement);
const report = byId("report", HTMLElement);

const engine = new (SERVED ? ServedEngine : Engine)(
  (ready) => {
    const first = zones.length === 0;
    zones = ready.zones;
    byId("versions", HTMLElement).textContent =
      `usage-by-agent ${ready.versions.package} · time zone database ${ready.versions.tzdb}`;
    if (!first) return;
    controls.setZones(zones);
    followAddress();
  },
  (answer) => {
    if (answer.kind === "period") showPeriod(answer.period);
    else if (answer.kind === "progress") showProgress(answer.read, answer.total);
    else if (answer.kind === "report") showReport(answer.result);
    else showFailure(answer.failure);
  },
);

const controls = new Controls(change);
if (SERVED) hideFiles();
else listenForFiles({ onRecords: openRecords, onAgents: openAgents, onRefused: (why) => say(why) });
byId("sample", HTMLButtonElement).addEventListener("click", () => void openSample());
byId("cancel", HTMLButtonElement).addEventListener("click", cancel);
// The user edited the address or followed a link. The page's own changes do not fire this event.
addEventListener("hashchange", followAddress);
engine.start();

function followAddress(): void {
  const wanted = readAddress(location.hash, zones, ownZone);
  const { sample } = wanted;
  view = { ...wanted, sample: view.sample };
  if (sample && !view.sample) void openSample();
  else change({});
}

function change(part: Partial<View>): void {
  view = { ...view, ...part };
  history.replaceState(null, "", writeAddress(view));
  controls.show(view);
  ask();
}

function ask(): void {
  failure.hidden = true;
  const { sample, bars, ...question } = view;
  engine.ask(question, records?.blob ?? null, agents?.blob ?? null);
  running(SERVED || records !== null);
  if (SERVED) {
    say("Asking…");
  } else if (records === null) {
    report.hidden = true;
    say("Choose a file, drop one here, or use the sample to see the report.");
  } else {
    showProgress(0, records.blob.size);
    say("Counting ", untrusted(records.name, 80), "…");
  }
}

function openRecords(file: Chosen | null): void {
  records = file;
  fresh = true;
  // The day and the agents of the sample are not kept for another file.
  if (view.sample) {
    agents = null;
    view = { ...view, sample: false, date: view.date === SAMPLE_DATE ? null : view.date };
  }
  showFiles();
  change({});
}

function openAgents(file: Chosen | null): void {
  agents = file;
  showFiles();
  ask();
}

async function openSample(): Promise<void> {
  const before = records;
  say("Fetching the sample…");
  try {
    const sample = await fetchSample();
    // The user has chosen another file meanwhile.
    if (records !== before) return;
    ({ records, agents } = sample);
    fresh = true;
    view = { ...view, sample: true, date: view.date ?? SAMPLE_DATE };
    showFiles();
    change({});
  } catch (error) {
    change({});
    const message = error instanceof Error ? error.message : String(error);
    showFailure({ where: "records", code: "sample_unavailable", message });
  }
}

function cancel(): void {
  engine.cancel();
  running(false);
  report.hidden = true;
  say("Cancelled. Change anything to count again.");
  byId("records-file", HTMLInputElement).focus();
}

function showFiles(): void {
  name(byId("records-name", HTMLElement), records?.name);
  name(byId("agents-name", HTMLElement), agents?.name);
  byId("records-size", HTMLElement).textContent = records === null ? "" : size(records.blob.size);
  byId("records-note", HTMLElement).hidden = records !== null;
  byId("agents-note", HTMLElement).hidden = agents !== null;
  byId("sample", HTMLElement).hidden = view.sample;
  byId("records-clear", HTMLElement).hidden = records === null;
  byId("agents-clear", HTMLElement).hidden = agents === null;
}

/** Shows a file's name, or the default text if there is no file. */
function name(element: HTMLElement, file: string | undefined): void {
  element.dataset.empty ??= element.textContent ?? "";
  element.replaceChildren(file === undefined ? element.dataset.empty : untrusted(file, 80));
}

function running(yes: boolean): void {
  run.hidden = !yes;
  report.classList.toggle("stale", yes);
  report.setAttribute("aria-busy", String(yes));
}

function showPeriod(facts: PeriodFacts): void {
  period = facts;
  title.textContent = periodTitle(facts);
  renderBounds(bounds, facts);
}

function showProgress(read: number, total: number): void {
  progress.max = Math.max(total, 1);
  progress.value = read;
  byId("progress-text", HTMLElement).textContent = `${size(read)} of ${size(total)}`;
}

function showReport(result: Shown): void {
  running(false);
  if (result.diagnostics === null) say("Counted on this machine. The report changes when the files do.");
  else sayCounted(result);
  renderReport(report, result, {
    bars: view.bars,
    zone: period?.bounds.tz ?? view.tz,
    onBars(bars) {
      view = { ...view, bars };
      history.replaceState(null, "", writeAddress(view));
    },
  });
  bringIntoView(status, report);
}

function sayCounted({ fileBytes, jsonBytes, milliseconds, diagnostics }: Result): void {
  const warnings = diagnostics.problems.filter(isAboutFile).length;
  const unpacked = jsonBytes === fileBytes ? "" : `, ${size(jsonBytes)} unpacked`;
  say(
    `${plural(diagnostics.records, "record")} of `,
    untrusted(records?.name ?? "", 80),
    ` (${size(fileBytes)}${unpacked}) in ${elapsed(milliseconds)}. ${count(diagnostics.counted)} counted.`,
    warnings > 0 ? ` ${plural(warnings, "warning")}.` : "",
  );
}

function showFailure(what: Failure): void {
  running(false);
  report.hidden = true;
  say("");
  if (what.where === "period") {
    title.textContent = "No such period";
    bounds.replaceChildren();
  }
  renderFailure(failure, what);
  if (what.where === "records") bringIntoView(failure, failure);
}

/** Scrolls to what a new file gave. On a phone it is below the controls. */
function bringIntoView(first: HTMLElement, shown: HTMLElement): void {
  if (fresh && shown.getBoundingClientRect().top > innerHeight) first.scrollIntoView();
  fresh = false;
}

function say(...text: (string | Node)[]): void {
  status.replaceChildren(...text);
}
