/**
 * A few queries that together use every option of a report.
 * @param {number} start the first instant of the records, in epoch milliseconds
 * @param {number} end
 * @param {{id: string, name: string}[]} agents the directory
 * @param {boolean} skip whether there are invalid records
 * @returns {object[]} `UsageQuery`s, all with an explicit `now`
 */
export function queriesFor(start, end, agents, skip) {
  const ms = (share) => start + Math.floor((end - start) * share);
  const at = (share) => new Date(ms(share)).toISOString();
  const queries = [
    { period: "month", now: at(0.45) },
    { period: "week", now: at(0.45) },
    { period: "year", now: at(0.45) },
    { period: "month", tz: null, now: ms(0.999) },
    { period: "month", tz: "America/New_York", now: at(0.2) },
    { period: "month", tz: "america/new_york", now: at(0.2), boundsAs: "wall-clock" },
    { period: "month", tz: "America/New_York", now: at(0.5), offset: -1 },
    { period: "week", tz: "America/Havana", now: at(0.84), offset: 1 },
    { period: "week", tz: "Asia/Kolkata", now: at(0.62), weekStart: "sunday" },
    { period: "week", tz: "Africa/Cairo", now: at(0.32), weekStart: "friday", boundsAs: "wall-clock" },
    { period: "month", tz: "Australia/Lord_Howe", now: at(0.27) },
    { period: "year", tz: "Pacific/Apia", now: at(0.7) },
    { period: "year", tz: "UTC", now: at(0.5), dedupe: false },
    { period: "week", tz: "UTC", now: at(0.1), includeIdle: true },
    { period: "year", tz: "UTC", now: at(0.5), naiveTimestamps: "utc" },
  ].map((query) => ({ ...query, agents }));
  queries.push({ period: "year", tz: "UTC", now: at(0.5) }); // names from the records alone
  return skip ? queries.map((query) => ({ ...query, onInvalid: "skip" })) : queries;
}
