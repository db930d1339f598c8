/** The periods of a zone do not depend on the zone of the host. Processes with different `TZ` print identical text. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SCRIPT = fileURLToPath(new URL("support/in-host.mjs", import.meta.url));

/**
 * A host's zone, and the instant at which 2011 began there. The instant shows that `TZ` took effect. Apia moved to the other side
 * of the date line in 2011.
 */
const HOSTS = [
  ["UTC", "2011-01-01T00:00:00.000Z"],
  ["America/Havana", "2011-01-01T05:00:00.000Z"],
  ["Pacific/Apia", "2011-01-01T10:00:00.000Z"],
  ["Asia/Kathmandu", "2010-12-31T18:15:00.000Z"],
];

test("the periods of every zone name are equal on hosts in four zones", async (t) => {
  const said = await Promise.all(HOSTS.map(([TZ]) => linesOn(TZ)));
  for (const [n, [, start]] of HOSTS.entries()) assert.equal(said[n].shift(), start);
  const [first, ...others] = said;
  assert.ok(first.length > 10_000);
  t.diagnostic(`${first.length} answers on each of ${HOSTS.length} hosts`);
  for (const [n, lines] of others.entries()) {
    const at = lines.findIndex((line, row) => line !== first[row]);
    assert.equal(lines[at], first[at], `with TZ=${HOSTS[n + 1][0]}`);
    assert.equal(lines.length, first.length);
  }
});

async function linesOn(TZ) {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT], {
    env: { ...process.env, TZ },
    maxBuffer: 256 << 20,
  });
  return stdout.trim().split("\n");
}
