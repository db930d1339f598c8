// The table at the end of a test run.

/** Prints a line for each suite and the sum. `total` is the seconds of the whole run. Returns the number of failures. */
export function printTable(rows, total) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const width = Math.max(...rows.map((row) => row.name.length));
  console.log(`\n${"suite".padEnd(width)}  passed  failed  skipped  seconds`);
  for (const { name, passed, failed, skipped, seconds, note } of rows) {
    const cells = [
      String(passed).padStart(6),
      String(failed).padStart(6),
      String(skipped).padStart(7),
      seconds.toFixed(1).padStart(7),
    ];
    console.log([name.padEnd(width), ...cells, note ?? (failed > 0 ? "failed" : "")].join("  ").trimEnd());
  }
  const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}, in ${total.toFixed(1)} s`);
  return sum("failed");
}
