// A slow second checker, which finds the problems of a response in its parsed value. The code follows the vendor's documents
// and the rules of the README, and is independent of src/contract/. Only the calendar is the package's. tests/zones/ tests it.

const DAY = 86_400_000;
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
// RFC 3339 §5.6 allows a space between date and time.
const TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const BOUND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

const text = (value) => (typeof value === "string" && value.isWellFormed() ? null : "type");
const within = (least, most) => (value) => {
  if (typeof value !== "number") return "type";
  return Number.isInteger(value) && value >= least && value <= most ? null : "range";
};
const count = within(0, Number.MAX_SAFE_INTEGER);
const flag = (value) => (typeof value === "boolean" ? null : "type");
const matching = (code, is) => (value) => text(value) ?? (is(value) ? null : code);
const period = matching("period", (value) => ["week", "month", "year"].includes(value));
const isDate = (value) =>
  /^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value;
const date = matching("date", isDate);
const month = matching("date", (value) => isDate(`${value}-01`));
const isTime = (value) => {
  const [, , , , hour, minute, second] = TIME.exec(value)?.map(Number) ?? [];
  return hour <= 23 && minute <= 59 && second <= 59 && isDate(value.slice(0, 10)) && !Number.isNaN(Date.parse(value));
};
const time = matching("timestamp", isTime);
const orNull = (judge) => (value) => (value === null ? null : judge(value));

/**
 * The fields in three groups. `must`: the field is required. `may`: the field is optional. `should`: some responses do not
 * have the field.
 */
const ROWS = {
  "by-agent": {
    must: { agentId: orNull(text), agentName: text, messages: count, calls: count, totalSeconds: count },
    may: { isOrphan: flag },
  },
  daily: { must: { date, messages: count, calls: count, webhooks: count } },
  monthly: { must: { month, messages: count, calls: count, webhooks: count } },
  "by-number": {
    must: { numberId: text, phoneNumber: text, country: text, status: text, messages: count, calls: count },
    may: { agentId: orNull(text), agentName: orNull(text) },
  },
};
const counts = (...names) => ({ must: Object.fromEntries(names.map((name) => [name, count])) });
const MESSAGES = ["messagesLast24h", "messagesLast7d", "messagesLast30d", "totalMessages"];
const CALLS = ["callsLast24h", "callsLast7d", "callsLast30d", "totalCalls"];
const DELIVERIES = ["totalWebhookDeliveries", "successfulWebhookDeliveries", "failedWebhookDeliveries"];
const USAGE = {
  must: {
    numbers: counts("used", "limit", "remaining"),
    stats: { ...counts(...MESSAGES, ...CALLS, ...DELIVERIES), may: { smsSegmentsLast30d: orNull(count) } },
  },
  should: {
    plan: {
      must: { name: text },
      should: {
        limits: counts(
          "numbers",
          "messagesPerMonth",
          "voiceMinutesPerMonth",
          "maxCallDurationMinutes",
          "concurrentCalls",
        ),
      },
    },
    periodStart: time,
    periodEnd: time,
  },
  may: { reportGeneratedAt: orNull(text) },
};
const TOPS = {
  "by-agent": { must: { data: "rows", period, periodStart: time, periodEnd: time } },
  usage: USAGE,
  daily: { must: { data: "rows", days: within(1, 365) } },
  monthly: { must: { data: "rows", months: within(1, 24) } },
  "by-number": { must: { data: "rows" } },
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const good = (judge, value) => value !== undefined && judge(value) === null;

/**
 * Returns the problems of a response, sorted. An example of a problem is `"error /data/0/calls range"`.
 * @param {string} endpoint @param {unknown} body a value that JSON can represent @param {object} expect
 * @param {{periodBounds: Function, timeZones: Function}} calendar
 */
export function judged(endpoint, body, expect, calendar) {
  const findings = [];
  const error = (path, code) => findings.push(`error ${path} ${code}`);
  const warning = (path, code) => findings.push(`warning ${path} ${code}`);
  const fields = (object, path, { must = {}, should = {}, may = {} }) => {
    for (const [name, judge] of Object.entries({ ...must, ...should, ...may })) {
      const [place, value] = [`${path}/${name}`, Object.hasOwn(object, name) ? object[name] : undefined];
      if (value === undefined) {
        if (name in must) error(place, "missing");
        if (name in should) warning(place, "missing");
      } else if (judge === "rows") {
        if (Array.isArray(value)) rows(value, place);
        else error(place, "type");
      } else if (typeof judge === "object") {
        if (isObject(value)) fields(value, place, judge);
        else error(place, "type");
      } else {
        const code = judge(value);
        if (code !== null) error(place, code);
      }
    }
  };
  const rows = (list, path) => {
    const seen = new Set();
    let orphans = 0;
    for (const [n, row] of list.entries()) {
      const place = `${path}/${n}`;
      if (!isObject(row)) {
        error(place, "type");
        continue;
      }
      fields(row, place, ROWS[endpoint]);
      const id = { "by-agent": "agentId", "by-number": "numberId" }[endpoint];
      if (id && good(text, row[id])) {
        if (seen.has(row[id])) error(`${place}/${id}`, "duplicate_id");
        seen.add(row[id]);
      }
      if (endpoint !== "by-agent") continue;
      if (row.agentId === null && orphans++ > 0) error(place, "second_orphan");
      const { isOrphan = false } = row;
      if (good(orNull(text), row.agentId) && good(flag, isOrphan) && isOrphan !== (row.agentId === null)) {
        error(`${place}/isOrphan`, "orphan_mismatch");
      }
      if (row.calls === 0 && typeof row.totalSeconds === "number" && row.totalSeconds > 0) {
        warning(`${place}/totalSeconds`, "seconds_without_calls");
      }
    }
  };
  if (!isObject(body)) return ["error  type"];
  fields(body, "", TOPS[endpoint]);

  if (endpoint === "by-agent") bounds(good(period, body.period) ? body.period : undefined);
  if (endpoint === "usage") {
    if (isObject(body.stats)) account(body.stats);
    const { used, limit, remaining } = isObject(body.numbers) ? body.numbers : {};
    if ([used, limit, remaining].every((n) => good(count, n)) && remaining !== Math.max(0, limit - used)) {
      warning("/numbers/remaining", "remainder");
    }
    if (expect.period) bounds(expect.period);
    else if (inOrder() && expect.now !== undefined) {
      const now = Date.parse(new Date(expect.now).toJSON());
      const [first, last] = [Date.parse(body.periodStart), Date.parse(body.periodEnd) + 1000];
      const isWithin = (at) => at >= first && at < last;
      const isIt = expect.boundsAs !== "instant" && zones().some((tz) => isWithin(wallTime(now, tz)));
      if (!isWithin(now) && !isIt) error("/periodStart", "not_current");
    }
  }
  if (endpoint === "daily" && Array.isArray(body.data)) series("date", "days", (at) => Date.parse(at) / DAY);
  if (endpoint === "monthly" && Array.isArray(body.data)) {
    series("month", "months", (at) => Number(at.slice(0, 4)) * 12 + Number(at.slice(5)));
  }
  return findings.sort();

  function zones() {
    return expect.tz ? [expect.tz] : calendar.timeZones();
  }

  function inOrder() {
    if (!good(time, body.periodStart) || !good(time, body.periodEnd)) return false;
    const is = Date.parse(body.periodStart) <= Date.parse(body.periodEnd);
    if (!is) error("/periodEnd", "bounds_order");
    return is;
  }

  function bounds(stated) {
    const both = [body.periodStart, body.periodEnd];
    ["periodStart", "periodEnd"].forEach((name, n) => {
      if (good(time, both[n]) && !BOUND.test(both[n])) error(`/${name}`, "timestamp");
    });
    const isAsked = !stated || !expect.period || stated === expect.period;
    if (!isAsked) error("/period", "unexpected_period");
    if (!inOrder() || !both.every((bound) => BOUND.test(bound)) || !stated || !isAsked) return;
    const middle = (Date.parse(both[0]) + Date.parse(both[1])) / 2;
    const explains = (more) =>
      zones().some((tz) =>
        (expect.weekStart ? [expect.weekStart] : WEEKDAYS).some((weekStart) =>
          (expect.boundsAs ? [expect.boundsAs] : ["instant", "wall-clock"]).some((boundsAs) => {
            try {
              const found = calendar.periodBounds({ period: stated, tz, weekStart, boundsAs, ...more });
              return found.periodStart === both[0] && found.periodEnd === both[1];
            } catch {
              return false; // outside the supported years
            }
          }),
        ),
      );
    if (!explains({ now: new Date(middle) })) error("/periodStart", "bounds");
    else if (expect.now !== undefined && !explains({ now: expect.now, offset: expect.offset ?? 0 })) {
      error("/periodStart", "not_current");
    }
  }

  function account(stats) {
    for (const names of [MESSAGES, CALLS]) {
      const known = names.filter((name) => good(count, stats[name]));
      known.slice(1).forEach((longer, n) => {
        if (stats[known[n]] > stats[longer]) error(`/stats/${known[n]}`, "count_order");
      });
    }
    const [all, sent, failed] = DELIVERIES.map((name) => (good(count, stats[name]) ? BigInt(stats[name]) : undefined));
    if (all !== undefined && (sent ?? 0n) + (failed ?? 0n) > all) error("/stats/totalWebhookDeliveries", "deliveries");
  }

  function series(name, counter, numberOf) {
    const isGood = { date, month }[name];
    const number = body.data.map((row) => (isObject(row) && good(isGood, row[name]) ? numberOf(row[name]) : null));
    const said = good(count, body[counter]) ? body[counter] : undefined;
    const asked = expect[counter];
    if (said !== undefined && asked !== undefined && said !== asked) error(`/${counter}`, "unexpected_count");
    const wanted = said ?? asked;
    if (wanted !== undefined && wanted !== number.length) error(`/${counter}`, "row_count");
    const known = number.map((_, n) => n).filter((n) => number[n] !== null);
    const steps = known.slice(1).map((n, at) => [n, number[n] - number[known[at]]]);
    const isReversed = steps.filter(([, step]) => step < 0).length * 2 > steps.length;
    if (isReversed) warning("/data", "newest_first");
    for (const [n, step] of steps) if (isReversed ? step > 0 : step < 0) error(`/data/${n}/${name}`, "order");
    const sorted = known.toSorted((a, b) => number[a] - number[b] || a - b);
    sorted.slice(1).forEach((n, at) => {
      const before = sorted[at];
      const gap = number[n] - number[before];
      // The invalid rows between the two rows may have the missing dates.
      const unread = number.slice(Math.min(n, before), Math.max(n, before)).filter((one) => one === null).length;
      if (gap === 0) error(`/data/${n}/${name}`, "duplicate_row");
      if (gap > 1 + unread) error(`/data/${n}/${name}`, "missing_rows");
    });
    if (expect.now === undefined || number.at(isReversed ? 0 : -1) == null) return;
    const newest = sorted.at(-1);
    if (!zones().some((tz) => current(tz) === body.data[newest][name])) error(`/data/${newest}/${name}`, "not_current");
  }

  /**
   * Returns the local date of `expect.now`, or the month for a monthly series. Each week start gives one week that contains the
   * moment. The week that began last began on the date.
   */
  function current(tz) {
    const asked = { tz, now: expect.now, boundsAs: "wall-clock" };
    if (endpoint === "monthly") return calendar.periodBounds({ ...asked, period: "month" }).periodStart.slice(0, 7);
    const weeks = WEEKDAYS.map((weekStart) => calendar.periodBounds({ ...asked, period: "week", weekStart }));
    return weeks.sort((a, b) => b.startMs - a.startMs)[0].periodStart.slice(0, 10);
  }
}

const formats = new Map();

/** Returns the local time at a moment as if it were UTC. The result is NaN if this runtime does not know the zone. */
function wallTime(now, tz) {
  const two = "2-digit";
  const parts = { year: "numeric", month: two, day: two, hour: two, minute: two, second: two };
  try {
    if (!formats.has(tz))
      formats.set(tz, new Intl.DateTimeFormat("sv-SE", { timeZone: tz, hourCycle: "h23", ...parts }));
    return Date.parse(`${formats.get(tz).format(now).replace(" ", "T")}Z`);
  } catch {
    return Number.NaN;
  }
}
