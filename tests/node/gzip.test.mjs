/** Gzip data of several members: it is read whole, or it is damaged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { Random } from "../../tools/generate.mjs";
import { assertRejects, JUNE, message } from "../support/faults.mjs";
import { DAMAGED, someMembers, WHOLE } from "../support/gzip-members.mjs";
import { packed } from "../support/packed.mjs";

const { decompressed, usageByAgentStream, UsageRollup } = packed;
const DAMAGE = { code: "invalid_json", message: /^the gzip data is damaged: ./ };

/** The bytes in chunks of a random length below `most`. Each chunk overwrites the one before it. */
async function* cut(bytes, most, random) {
  const memory = new Uint8Array(most);
  for (let at = 0; at < bytes.length; ) {
    const chunk = bytes.subarray(at, at + 1 + random.below(most));
    memory.set(chunk);
    yield memory.subarray(0, chunk.length);
    at += chunk.length;
  }
}

const textOf = (bytes, most, random = new Random(most)) =>
  new Response(decompressed(cut(bytes, most, random))).arrayBuffer().then((buffer) => Buffer.from(buffer));

for (const { what, zipped, text } of WHOLE) {
  test(`${what} are read whole, however they are cut`, async () => {
    for (const most of zipped.length > 10_000 ? [50, 1e7] : [1, 7, 1000, 1e7]) {
      const got = await textOf(zipped, most);
      assert.equal(got.toString("latin1"), text, `chunks below ${most} bytes`);
    }
  });
}

for (const { what, zipped } of DAMAGED) {
  test(`${what} is damage, however it is cut`, async () => {
    for (const most of [1, 7, 1e6]) {
      await assertRejects(() => textOf(zipped, most), DAMAGE, `chunks below ${most} bytes`);
    }
  });
}

test("random members, sizes and cuts give what zlib gives", async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const { zipped, text } = someMembers(seed);
    const random = new Random(seed);
    const got = await textOf(
      zipped,
      [1, 2, 30, 5000, 1e6][zipped.length > 5000 ? 3 + random.below(2) : random.below(5)] + 1,
      random,
    );
    assert.equal(got.toString(), text, `seed ${seed}`);
    assert.equal(gunzipSync(zipped).toString(), text, `seed ${seed}`);
  }
});

test("a member that is cut at any place is damage", async () => {
  const [first, second] = [gzipSync('{"id":"a"}\n'.repeat(9)), gzipSync('{"id":"b"}\n')];
  for (let length = 1; length < second.length; length++) {
    const bytes = Buffer.concat([first, second.subarray(0, length)]);
    await assertRejects(() => textOf(bytes, 1e6), DAMAGE, `${length} bytes of the second member`);
  }
});

test("records of several members are counted, and bad ones are found in any member", async () => {
  const line = (n) => `${JSON.stringify(message({ id: `m${n}`, agentId: "a" }))}\n`;
  const parts = [line(1) + line(2).slice(0, 20), line(2).slice(20), "", line(3)].map((text) => gzipSync(text));
  const report = await usageByAgentStream(new Blob(parts), JUNE);
  assert.equal(report.data[0].messages, 3);
  const rollup = await new UsageRollup().pushStream(new Blob(parts));
  assert.equal(rollup.diagnostics().counted, 3);
  rollup.free();
  const broken = new Blob([...parts, gzipSync("!")]);
  await assertRejects(() => usageByAgentStream(broken, JUNE), {
    code: "invalid_json",
    path: "/3",
    line: 4,
    byteOffset: 237,
  });
});

test("a source is read only as its data are", async () => {
  let pulls = 0;
  const piece = gzipSync(Buffer.from(Array.from({ length: 300_000 }, () => 48 + Math.floor(Math.random() * 10))));
  const source = new ReadableStream(
    {
      pull(controller) {
        pulls++;
        controller.enqueue(new Uint8Array(piece));
      },
    },
    { highWaterMark: 0 },
  );
  const stream = decompressed(source);
  assert.equal(pulls, 0);
  const reader = stream.getReader();
  for (let given = 0; given < 3_000_000; ) {
    given += (await reader.read()).value.length;
    assert.ok(pulls <= 2 + given / 300_000, `${pulls} pulls for ${given} bytes`);
  }
  await reader.cancel();
});

test("cancelling the data cancels the source, also while it waits", async () => {
  for (const parts of [[gzipSync("abc")], [gzipSync("abc").subarray(0, 15)], [Buffer.from("text")], []]) {
    let cancel;
    const cancelled = new Promise((resolve) => {
      cancel = resolve;
    });
    const pull = (controller) => (parts.length > 0 ? controller.enqueue(parts.pop()) : new Promise(() => {}));
    const reader = decompressed(new ReadableStream({ pull, cancel })).getReader();
    reader.read().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    reader.cancel("enough").catch(() => {});
    assert.equal(await cancelled, "enough");
  }
});

test("a source that fails between members throws its own error", async () => {
  const fault = new RangeError("the disk is gone");
  async function* source() {
    yield gzipSync("abc");
    yield gzipSync("def").subarray(0, 8);
    throw fault;
  }
  await assert.rejects(
    new Response(decompressed(source())).text(),
    (error) => error === fault || error.cause === fault,
  );
  await assert.rejects(usageByAgentStream(source(), { ...JUNE, onInvalid: "skip" }), (error) => error === fault);
});

test("a value that is not a source is an error at once", () => {
  assert.throws(() => decompressed("text"), { code: "invalid_option", path: "", message: /a string: wanted/ });
  const stream = new Blob(["a"]).stream();
  stream.getReader();
  assert.throws(() => decompressed(stream), { code: "invalid_option", message: /locked/ });
});
