/** Connects the parts of the page: where usage comes from, what the reader looks at, and the views. */
import { renderAccount } from "./account/account.js";
import { renderFailure } from "./account/failure.js";
import { mountAudit } from "./audit/panel.js";
import { byId } from "./dom.js";
import { mountRecords } from "./records/records.js";
import { fetchSampleAnswer } from "./records/sample.js";
import { IngestLine } from "./served/ingest-line.js";
import { TokenForm } from "./served/token-form.js";
import { command, sayServed, service } from "./served/words.js";
import { reportOf } from "./state/answers.js";
import { listenForKeys } from "./state/keys.js";
import { Viewing } from "./state/viewing.js";
import { LocalUsage } from "./usage/local.js";
import { type ServedAbout, ServedUsage, takeToken } from "./usage/served.js";
import { type CountState, type Failure, failureOf, isReplaced, type Reading, type Usage } from "./usage/usage.js";
import { Dashboard } from "./views/dashboard.js";
import { Notices } from "./views/notices.js";
import { PeriodControl } from "./views/period-control.js";
import { WindowLine } from "./views/window-line.js";
import { ZoneBox } from "./zones/combobox.js";

declare global {
  /** Whether the page shows what a server has counted. The build sets it. */
  const SERVED: boolean;
  /** Whether that server is the service of the Worker, and not `usage-by-agent serve`. */
  const SERVICE: boolean;
}

const local = SERVED ? null : new LocalUsage();
const tokenForm = SERVICE
  ? new TokenForm(byId("notices", HTMLElement), [byId("period", HTMLElement)], (token) => served?.use(token))
  : null;
const served = SERVED
  ? new ServedUsage(takeToken(), tokenForm === null ? command() : service((wasRefused) => tokenForm.ask(wasRefused)))
  : null;
const usage = (local ?? served) as Usage;
let counts: CountState = { kind: "empty", sources: [] };
/** The days that are shown, both included. */
let shownDays: { first: string; last: string; tz: string } | null = null;
let isAsking = true;

const report = byId("report", HTMLElement);
const failure = byId("failure", HTMLElement);
const notices = new Notices(byId("notices", HTMLElement));
const windowLine = new WindowLine(byId("bounds", HTMLElement));

const period: PeriodControl = new PeriodControl({
  onPeriod: (kind) => viewing.showPeriod(kind),
  onDays: (from, to) => viewing.move({ shown: { kind: "days", from, to }, step: null }),
  onMove: (by) => viewing.step(by),
  onNewest: () => viewing.showNewest(),
  onWeekStart: (weekStart) => viewing.change({ weekStart }),
});
const zone = new ZoneBox(byId("zone", HTMLInputElement), byId("zone-list", HTMLElement), (tz) =>
  viewing.change({ tz }),
);
const dashboard: Dashboard = new Dashboard({
  addressOf: (agent) => viewing.addressOf(agent),
  onAgent: (agent) => viewing.move({ agent }),
  onChange: (part) => viewing.change(part),
  report: (shown) => reportOf(shown, viewing.view, usage),
});
report.append(dashboard.element);

const panel = SERVED
  ? null
  : mountRecords(byId("records", HTMLElement), local as LocalUsage, {
      onSample(isSample) {
        viewing.setSample(isSample);
        notices.showSample(isSample);
        audit?.offerSample(isSample ? fetchSampleAnswer : null);
      },
      shownDays: () => shownDays,
      zone: () => viewing.view.tz,
      onAnswer: (name, body) => audit?.open(name, body),
      onReading: (reading) => viewing.change(reading),
    });
const audit = SERVED
  ? null
  : mountAudit(byId("audit", HTMLElement), local as LocalUsage, {
      onPeriod: (period, date) => viewing.move({ shown: { kind: "period", period, date }, step: null }),
      onZone: (tz) => viewing.change({ tz }),
    });

const viewing: Viewing = new Viewing(usage, Intl.DateTimeFormat().resolvedOptions().timeZone, {
  onView(view) {
    period.showChoice(view);
    zone.value = view.tz;
    const { dedupe, onInvalid, naiveTimestamps } = view;
    panel?.showReading({ dedupe, onInvalid, naiveTimestamps });
    audit?.show(view);
  },
  onAnswers(answers, view, isOpened) {
    // An answer to an earlier question may come after the counts were lost.
    if (counts.kind === "failed") return;
    failure.hidden = true;
    const { firstDate, lastDate, tz } = answers.facts;
    shownDays = { first: firstDate, last: lastDate, tz };
    period.showWindow(answers);
    windowLine.show(answers);
    report.hidden = counts.kind === "empty"; // first: a chart is drawn where it has a width
    dashboard.show(answers, view, isOpened);
  },
  onFailure: showFailure,
  onFaults: (faults) => notices.showFaults(faults),
  onBusy(is) {
    isAsking = is;
    showBusy();
  },
});

function showBusy(): void {
  report.setAttribute("aria-busy", String(isAsking || counts.kind === "counting"));
}

listenForKeys((by) => viewing.step(by));

/** While records are counted, the report is of those that were counted so far. It is asked for again after this time in milliseconds. */
const PAUSE_MS = 1000;
let asked = 0;

usage.onChange((state) => {
  if (counts.kind === "counting") dashboard.forgetColours();
  counts = state;
  const isCounting = state.kind === "counting";
  report.classList.toggle("stale", isCounting);
  showBusy();
  viewing.setCounting(isCounting);
  if (state.kind === "empty") for (const part of [report, failure]) part.hidden = true;
  notices.showEmpty(state.kind === "empty" && !SERVED);
  showAccount(state).catch((error: unknown) => {
    if (!isReplaced(error)) showFailure(failureOf(error));
  });
  if (state.kind === "failed") showFailure(state.failure);
  else if (!isCounting || performance.now() - asked > PAUSE_MS) {
    asked = performance.now();
    viewing.recount();
  }
});

const opened = openFirst();

function start(): void {
  (served ?? usage)
    .about()
    .then((about) => {
      byId("versions", HTMLElement).textContent =
        `usage-by-agent ${about.versions.package} · time zone database ${about.versions.tzdb}`;
      zone.setZones(about.zones, () => usage.offsets());
      const { weekStart = null } = about as ServedAbout;
      return opened.then(() => viewing.start(about.zones, weekStart === null ? {} : { weekStart }));
    })
    .catch((error: unknown) => {
      if (!isReplaced(error)) showFailure(failureOf(error));
    });
}

if (SERVED) sayServed();
if (SERVICE) showService();
else start();
byId("to-records", HTMLButtonElement).onclick = () => byId("records", HTMLElement).querySelector("input")?.focus();

/** Opens what the browser keeps of an earlier visit, or else the sample. */
async function openFirst(): Promise<void> {
  if (!(await panel?.restore())) await panel?.useSample();
}

function showFailure(what: Failure): void {
  report.hidden = true;
  if (what.where === "period") {
    period.showNone();
    windowLine.clear();
  } else windowLine.forgetRecords();
  renderFailure(failure, what, local && ((reading) => viewing.change(reading)));
}

/** Begins when the service accepts a token, and says what became of webhooks. */
function showService(): void {
  const line = new IngestLine();
  byId("period", HTMLElement).append(line.element);
  served?.onOpened(() => {
    tokenForm?.close();
    start();
  });
  served?.onLooked((ingest) => {
    if (ingest === null) line.draw();
    else line.take(ingest);
  });
}

/** Where every record went. A server does not say it. */
async function showAccount(state: CountState): Promise<void> {
  const [parent, doubts] = [byId("account", HTMLElement), byId("doubts", HTMLElement)];
  if (state.kind === "empty" || state.kind === "failed") for (const part of [parent, doubts]) part.replaceChildren();
  if (state.kind !== "counted" || state.diagnostics === null) return;
  const { diagnostics, sources } = state;
  const { rows } = await usage.breakdown({ by: ["agent"] }, "account");
  const onReading = (reading: Partial<Reading>) => viewing.change(reading);
  renderAccount({ parent, doubts }, { diagnostics, sources }, rows, { onReading });
}
