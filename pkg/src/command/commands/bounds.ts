import { periodBounds } from "usage-by-agent";
import { command } from "../command.js";
import { EXIT, wrongUsage } from "../failure.js";
import { FORMAT_OPTION, formatOf, write } from "../formats/formats.js";
import { table } from "../formats/table.js";
import { noteZone, PERIOD_OPTIONS, queryOf, zoneInWords } from "../period-options.js";

export const bounds = command({
  name: "bounds",
  summary: "prints the exact bounds of a period",
  operands: "--period PERIOD",
  about: [
    "The period is the calendar week, month or year that contains --now. The zone is this machine's, unless --tz names one. " +
      "periodEnd is the last whole second. startMs and endMs are epoch milliseconds, and endMs is not in the period.",
  ],
  options: { ...PERIOD_OPTIONS, ...FORMAT_OPTION },
  examples: [
    "bounds --period month --tz America/New_York",
    "bounds --period week --week-start sunday --offset -1 --format json",
  ],
  async run({ operands, options }) {
    if (operands.length > 0) throw wrongUsage("bounds takes no files, only options");
    const asked = queryOf(options);
    const found = periodBounds(asked.query);
    const format = formatOf(options);
    if (format !== "table") noteZone(asked);
    const shown = { ...found, tz: zoneInWords({ ...asked, query: { ...asked.query, tz: found.tz } }) };
    const columns = [{ title: "Bound" }, { title: "Value" }];
    const result = {
      value: found,
      rows: [found],
      header: Object.keys(found),
      cells: [Object.values(found)],
      table: () =>
        table(
          columns,
          Object.entries(shown).map(([name, value]) => [name, String(value)]),
        ),
    };
    await write(result, format);
    return EXIT.fine;
  },
});
