/** What the service answers to deliveries, and what it counts. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import {
  call,
  delivery,
  message,
  rawRequest,
  seconds,
  startService,
  TEST_TIMEOUT,
  voiceTurn,
} from "./service-support.mjs";
import { errorOf } from "./support.mjs";

describe("receiving", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService({ options: { maxDeliveryBytes: 65_536, readTimeoutMs: 300 } });
  });
  after(() => service?.stop());

  /** Asserts what is answered to a refused delivery. A 503 says when to try again; any other status is final. */
  function refused(answer, status, code) {
    errorOf(answer, status, code);
    assert.equal(answer.headers.has("retry-after"), status === 503, code);
  }

  const sum = ({ deliveries, counted, duplicates, refused }) => ({ deliveries, counted, duplicates, refused });

  test("a signed delivery counts once, however often it comes", async () => {
    const { name, secret, token } = await service.account("once");
    const event = message();
    const nowMs = Date.now();
    await service.switch({ frozenMs: nowMs });
    const first = await service.deliver(name, event, { secret });
    assert.deepEqual([first.status, first.json()], [200, { status: "counted" }]);
    for (const timestamp of [seconds(-60), seconds(-3600)]) {
      const again = await service.deliver(name, event, { secret, timestamp });
      assert.deepEqual([again.status, again.json()], [200, { status: "duplicate" }]);
    }
    assert.equal((await service.deliver(name, call(), { secret })).json().status, "counted");
    const ingest = await service.ingest(token);
    assert.deepEqual(sum(ingest), { deliveries: 4, counted: 2, duplicates: 2, refused: {} });
    assert.equal(ingest.lastDeliveryAt, new Date(nowMs).toISOString());
    assert.equal(ingest.lagMs, nowMs - Date.parse("2025-06-10T11:01:00Z"), "since the call's end");
    await service.switch({ frozenMs: null });
  });

  test("every secret of the account signs, until it is deleted", async () => {
    const { name, secret, secretId, token } = await service.account("secrets");
    const second = await service.admin("POST", `/v1/admin/accounts/${name}/secrets`, { secret: "another one" });
    for (const one of [secret, "another one"]) {
      assert.equal((await service.deliver(name, message(), { secret: one })).status, 200, one);
    }
    const path = `/v1/admin/accounts/${name}/secrets/`;
    assert.equal((await service.admin("DELETE", path + secretId)).status, 204);
    refused(await service.deliver(name, message(), { secret }), 503, "bad_signature");
    assert.equal((await service.deliver(name, message(), { secret: "another one" })).status, 200);
    assert.equal((await service.admin("DELETE", path + second.json().id)).status, 204);
    refused(await service.deliver(name, message(), { secret: "another one" }), 503, "bad_signature");
    await service.until(token, ({ refused }) => refused.bad_signature === 2);
  });

  test("16 secrets can be there at once, and no more", async () => {
    const { name, secret } = await service.account("many-secrets");
    const path = `/v1/admin/accounts/${name}/secrets`;
    for (let n = 1; n < 16; n++) {
      assert.equal((await service.admin("POST", path, { secret: `number ${n}` })).status, 201);
    }
    errorOf(await service.admin("POST", path, { secret: "number 16" }), 409, "too_many");
    assert.equal((await service.admin("POST", path, { secret: "number 3" })).status, 200, "it is there already");
    for (const one of [secret, "number 1", "number 15"]) {
      assert.equal((await service.deliver(name, message(), { secret: one })).status, 200, one);
    }
    refused(await service.deliver(name, message(), { secret: "number 16" }), 503, "bad_signature");
  });

  test("a secret that is added while deliveries come is known within seconds", async () => {
    const { name, secret } = await service.account("new-secret");
    const event = message();
    refused(await service.deliver(name, event, { secret: "the next one" }), 503, "bad_signature");
    assert.equal((await service.deliver(name, message(), { secret })).status, 200);
    await service.admin("POST", `/v1/admin/accounts/${name}/secrets`, { secret: "the next one" });
    assert.equal((await service.deliver(name, event, { secret: "the next one" })).json().status, "counted");
  });

  describe("what is not signed", () => {
    let account;
    before(async () => {
      account = await service.account("unsigned");
    });

    const wrong = {
      "no signature": { headers: { "x-webhook-signature": undefined } },
      "an empty signature": { headers: { "x-webhook-signature": "" } },
      "no time": { headers: { "x-webhook-timestamp": undefined } },
    };
    for (const [what, how] of Object.entries(wrong)) {
      test(what, async () => {
        refused(await service.deliver(account.name, message(), { ...how, secret: account.secret }), 401, "unsigned");
      });
    }

    const forged = {
      "another secret": { secret: "not it" },
      "a signature of zeros": { signature: `sha256=${"0".repeat(64)}` },
      "a signature without its method": { signature: "0".repeat(64) },
      "a signature that is cut": { signature: `sha256=${"0".repeat(63)}` },
      "a signature that is too long": { signature: `sha256=${"0".repeat(65)}` },
      "a signature by another method": { signature: `sha1=${"0".repeat(40)}` },
      "a signature that is not hexadecimal": { signature: `sha256=${"g".repeat(64)}` },
      "two signatures": { signature: `sha256=${"0".repeat(64)}, sha256=${"1".repeat(64)}` },
    };
    for (const [what, how] of Object.entries(forged)) {
      test(what, async () => {
        const answer = await service.deliver(account.name, message(), { secret: account.secret, ...how });
        refused(answer, 503, "bad_signature");
      });
    }

    test("a signature of the body alone, or with another time", async () => {
      const { name, secret } = account;
      const body = JSON.stringify(message());
      const hmac = (text) => `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
      const timestamp = seconds();
      for (const signed of [body, `${timestamp}${body}`, `${timestamp - 1}.${body}`, `.${body}`, `${timestamp}.`]) {
        const answer = await service.deliver(name, body, { secret, timestamp, signature: hmac(signed) });
        refused(answer, 503, "bad_signature");
      }
      const good = await service.deliver(name, body, { secret, timestamp, signature: hmac(`${timestamp}.${body}`) });
      assert.equal(good.status, 200);
    });

    test("a body with one bit changed", async () => {
      const { name, secret } = account;
      const { body, headers } = delivery(message(), { secret });
      for (let at = 0; at < body.length; at += 7) {
        const bytes = Buffer.from(body);
        bytes[at] ^= 1;
        const answer = await service.request(`/v1/webhooks/agentphone/${name}`, {
          method: "POST",
          headers,
          body: Uint8Array.from(bytes),
        });
        refused(answer, 503, "bad_signature");
      }
    });

    test("is counted by its reason, and nothing of it is stored", async () => {
      const cut = Math.ceil(JSON.stringify(message({ id: "msg_100" })).length / 7);
      const wanted = Object.keys(forged).length + 5;
      const { refused, counted } = await service.until(account.token, (ingest) => {
        return ingest.refused.unsigned === 3 && ingest.refused.bad_signature >= wanted + cut - 1;
      });
      assert.equal(counted, 1);
      assert.deepEqual(Object.keys(refused), ["bad_signature", "unsigned"]);
    });
  });

  test("an upper-case signature is a signature", async () => {
    const { name, secret } = await service.account("upper-case");
    const { body, headers } = delivery(message(), { secret });
    headers["x-webhook-signature"] = headers["x-webhook-signature"].toUpperCase().replace("SHA256", "sha256");
    const answer = await service.request(`/v1/webhooks/agentphone/${name}`, { method: "POST", headers, body });
    assert.equal(answer.status, 200);
  });

  test("the tolerance has two sides", async () => {
    const { name, secret, token } = await service.account("times");
    const DAY = 86_400;
    const times = [
      [seconds(-26 * 3600 + 30), 200],
      [seconds(-26 * 3600 - 30), 400, "too_old"],
      [seconds(-30 * DAY), 400, "too_old"],
      [0, 400, "too_old"],
      [seconds(270), 200],
      [seconds(330), 503, "too_new"],
      [seconds(10 * DAY), 503, "too_new"],
      [Date.now(), 503, "too_new"],
      ["yesterday", 400, "bad_timestamp"],
      ["-5", 400, "bad_timestamp"],
      ["1.5e9", 400, "bad_timestamp"],
      [`${seconds()}.0`, 400, "bad_timestamp"],
      ["9".repeat(400), 400, "bad_timestamp"],
      ["0x10", 400, "bad_timestamp"],
    ];
    for (const [timestamp, status, code] of times) {
      const answer = await service.deliver(name, message(), { secret, timestamp });
      if (code === undefined) assert.equal(answer.status, status, answer.text);
      else refused(answer, status, code);
    }
    const { refused: reasons, counted } = await service.until(token, ({ refused }) => refused.bad_timestamp === 6);
    assert.deepEqual([reasons, counted], [{ bad_timestamp: 6, too_new: 3, too_old: 3 }, 2]);
  });

  test("a delivery that waits for the tolerance counts, and one that has waited longer never will", async () => {
    const { name, secret } = await service.account("waiting");
    const timestamp = seconds();
    const event = message({ id: null });
    try {
      await service.switch({ aheadMs: 25 * 3_600_000 });
      assert.equal((await service.deliver(name, event, { secret, timestamp, id: "del_w" })).json().status, "counted");
      await service.switch({ aheadMs: 27 * 3_600_000 });
      refused(await service.deliver(name, event, { secret, timestamp, id: "del_w" }), 400, "too_old");
      const again = await service.deliver(name, event, { secret, timestamp: seconds(27 * 3600), id: "del_w" });
      assert.equal(again.json().status, "duplicate", "signed anew, with the id of the first attempt");
    } finally {
      await service.switch({ aheadMs: 0 });
    }
  });

  describe("a replay", () => {
    test("counts nothing twice, whatever its headers are", async () => {
      const { name, secret, token } = await service.account("replay");
      const path = `/v1/webhooks/agentphone/${name}`;
      const { body, headers } = delivery(message({ id: null }), { secret, id: "del_first" });
      const send = (changed) => service.request(path, { method: "POST", headers: { ...headers, ...changed }, body });
      assert.equal((await send({})).json().status, "counted");
      const replayed = [{}, { "x-webhook-id": "del_other" }, { "x-webhook-id": undefined }, { "x-webhook-id": "" }];
      for (const changed of [
        ...replayed,
        { "x-webhook-id": "x".repeat(5000) },
        { "x-webhook-event": "agent.reaction" },
      ]) {
        assert.equal((await send(changed)).json().status, "duplicate", JSON.stringify(changed).slice(0, 80));
      }
      const { counted, duplicates, byDeliveryOnly } = await service.ingest(token);
      assert.deepEqual({ counted, duplicates, byDeliveryOnly }, { counted: 1, duplicates: 6, byDeliveryOnly: 1 });
    });

    test("of another message with the id of a first one does not hide it", async () => {
      const { name, secret } = await service.account("not-hidden");
      const [one, other] = [message({ id: null }), message({ id: null, receivedAt: "2025-06-10T10:00:05Z" })];
      const deliver = (event, id) => service.deliver(name, event, { secret, id });
      assert.equal((await deliver(one, "del_1")).json().status, "counted");
      assert.equal((await deliver(other, "del_2")).json().status, "counted");
    });

    test("without an id of the vendor's is known by its body", async () => {
      const { name, secret } = await service.account("no-id");
      const deliver = (event, timestamp) =>
        service.deliver(name, event, { secret, timestamp, headers: { "x-webhook-id": undefined } });
      const event = message({ id: null });
      assert.equal((await deliver(event, seconds())).json().status, "counted");
      assert.equal((await deliver(event, seconds(-9))).json().status, "duplicate");
      assert.equal(
        (await deliver(message({ id: null, receivedAt: "2025-06-11T00:00:00Z" }), seconds())).json().status,
        "counted",
      );
    });
  });

  // Such a message was answered before it was stored, and was lost where the process ended in between.
  for (const [n, channel] of ["Voice", "VOICE", " voice", "voice "].entries()) {
    test(`a message on the channel ${JSON.stringify(channel)} counts, so it is stored before the answer`, async () => {
      const { name, secret } = await service.account(`spelled-${n}`);
      const answer = await service.deliver(name, { ...message(), channel }, { secret });
      assert.deepEqual([answer.status, answer.json()], [200, { status: "counted" }]);
    });
  }

  describe("what is signed and counts nothing", () => {
    const kinds = {
      "a voice turn": [voiceTurn(), "ignored", { voiceTurns: 1 }],
      "a reaction": [{ event: "agent.reaction", agentId: "a", data: {} }, "ignored", { reactions: 1 }],
      "a shared contact": [{ event: "agent.contact_shared", data: {} }, "ignored", { events: 1 }],
      "a test": [{ ...message(), test: true }, "ignored", { tests: 1 }],
      "an unknown event": [{ event: "agent.sneezed", data: {} }, "ignored", { other: 1 }],
      "an object of another kind": [{ hello: "world" }, "ignored", { other: 1 }],
      "an empty object": [{}, "ignored", { other: 1 }],
      "a message without a time": [{ ...message({ receivedAt: undefined }), timestamp: undefined }, "invalid"],
      "a message of an impossible time": [message({ receivedAt: "soon" }), "invalid"],
      "a call of an impossible duration": [call({ durationSeconds: -1 }), "invalid"],
      "an event that is too deep": [`{"event":"agent.message","data":${"[".repeat(300)}${"]".repeat(300)}}`, "invalid"],
    };
    for (const [what, [event, status, ignored = {}]] of Object.entries(kinds)) {
      test(what, async () => {
        const { name, secret, token } = await service.account(what.replaceAll(" ", "-"));
        const answer = await service.deliver(name, event, { secret });
        assert.deepEqual([answer.status, answer.json()], [200, { status }]);
        const ingest = await service.until(token, ({ deliveries }) => deliveries === 1);
        const none = { voiceTurns: 0, reactions: 0, events: 0, tests: 0, other: 0 };
        assert.deepEqual(ingest.ignored, { ...none, ...ignored });
        assert.deepEqual([ingest.counted, ingest.invalid, ingest.refused], [0, status === "invalid" ? 1 : 0, {}]);
      });
    }

    const texts = {
      nothing: "",
      text: "hello",
      "an array": "[1]",
      "a number": "5",
      null: "null",
      "half an object": '{"event":',
    };
    texts["an object and more"] = "{} {}";
    texts["an object that closes the envelope"] = '{}, "x": {}';
    for (const [what, text] of [
      ...Object.entries(texts),
      ["bytes that are not text", Uint8Array.of(0x7b, 0xff, 0x7d)],
    ]) {
      test(`${what} is not JSON of an object`, async () => {
        const { name, secret, token } = await service.account(`json-${what.replaceAll(" ", "-")}`);
        refused(await service.deliver(name, text, { secret }), 400, "not_json");
        await service.until(token, (ingest) => ingest.refused.not_json === 1);
      });
    }
  });

  test("a delivery that is too large is refused before and while it is read", async () => {
    const { name, secret, token } = await service.account("large");
    const fits = (length) => {
      const event = message({ message: "" });
      return { ...event, data: { ...event.data, message: "m".repeat(length - JSON.stringify(event).length) } };
    };
    assert.equal((await service.deliver(name, fits(65_536), { secret })).status, 200);
    refused(await service.deliver(name, fits(65_537), { secret }), 413, "too_large");
    const { body, headers } = delivery(fits(200_000), { secret });
    async function* parts() {
      for (let at = 0; at < body.length; at += 10_000) yield Buffer.from(body.slice(at, at + 10_000));
    }
    const chunked = await rawRequest(service.base, `/v1/webhooks/agentphone/${name}`, { headers, body: parts() });
    assert.equal(chunked.status, 413);
    const ingest = await service.until(token, ({ refused }) => refused.too_large === 2);
    assert.equal(ingest.counted, 1);
  });

  test("a body that is slow, or ends early, is incomplete and not final", async () => {
    const { name, secret, token } = await service.account("slow");
    const { body, headers } = delivery(message(), { secret });
    const path = `/v1/webhooks/agentphone/${name}`;
    const slow = await rawRequest(service.base, path, { headers, body: body.slice(0, 50), length: body.length });
    assert.deepEqual([slow.status, slow.headers["retry-after"]], [503, "5"]);
    await rawRequest(service.base, path, { headers, body: body.slice(0, 50), length: body.length, cut: true });
    const ingest = await service.until(token, ({ refused }) => refused.incomplete === 2);
    assert.equal(ingest.counted, 0);
    assert.equal((await rawRequest(service.base, path, { headers, body })).status, 200);
  });

  test("an unknown account is a 503, because it may be made soon", async () => {
    for (const name of [
      "nobody",
      "NOBODY",
      "no body",
      "%61bc",
      "-a",
      "a".repeat(65),
      "_a",
      "a%2Fb",
      "",
      "nobody/",
      "a/b",
    ]) {
      refused(await service.deliver(name.replace(" ", "%20"), message(), { secret: "none" }), 503, "unknown_account");
    }
    const { body, headers } = delivery(message(), { secret: "none" });
    const answer = await service.request("/v1/webhooks/agentphone", { method: "POST", headers, body });
    refused(answer, 503, "unknown_account");
  });

  test("an account that is made is known at once in the isolate that makes it, and in others within seconds", async () => {
    const how = { secret: "secret of soon" };
    for (const isolate of ["first", "second"]) {
      refused(await service.deliver("soon", message(), { ...how, isolate }), 503, "unknown_account");
    }
    await service.account("soon");
    assert.equal((await service.deliver("soon", message(), how)).status, 200);
    await service.switch({ aheadMs: 2000 }, "second");
    assert.equal((await service.deliver("soon", message(), { ...how, isolate: "second" })).status, 200);
    await service.switch({ aheadMs: 0 }, "second");
  });

  test("only POST is a delivery", async () => {
    const { name, secret } = await service.account("methods");
    const { headers } = delivery(message(), { secret });
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await service.request(`/v1/webhooks/agentphone/${name}`, { method, headers });
      errorOf(answer, 405, "method_not_allowed");
      assert.equal(answer.headers.get("allow"), "POST");
    }
    assert.equal((await service.request(`/v1/webhooks/agentphone/${name}`, { method: "HEAD" })).status, 405);
  });
});

describe("a rate", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService({ options: { rate: 3 } });
  });
  after(() => service?.stop());

  test("is a bound for each account, and forgeries and voice turns do not use it up", async () => {
    const [one, other] = [await service.account("one"), await service.account("other")];
    const nowMs = Date.now();
    await service.switch({ frozenMs: nowMs });
    for (let n = 0; n < 10; n++) {
      await service.deliver(one.name, message(), { secret: "forged" });
      assert.equal((await service.deliver(one.name, voiceTurn(), { secret: one.secret })).status, 200);
    }
    const events = Array.from({ length: 20 }, () => message());
    const answers = await Promise.all(events.map((event) => service.deliver(one.name, event, { secret: one.secret })));
    const accepted = answers.filter(({ status }) => status === 200).length;
    assert.equal(accepted, 3);
    for (const answer of answers) if (answer.status !== 200) errorOf(answer, 503, "over_rate");
    assert.equal((await service.deliver(other.name, message(), { secret: other.secret })).status, 200);
    const ingest = await service.until(one.token, ({ refused }) => refused.over_rate === 20 - accepted);
    assert.equal(ingest.counted, accepted);
    await service.switch({ frozenMs: nowMs + 60_000 });
    assert.equal((await service.deliver(one.name, events[0], { secret: one.secret })).status, 200);
  });
});

describe("storage that fails", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service?.stop());

  test("is a 503, and the repetition counts", async () => {
    const { name, secret, token } = await service.account("broken");
    const event = message();
    const unnamed = message({ id: null });
    await service.switch({ broken: ["add"] });
    errorOf(await service.deliver(name, event, { secret }), 503, "unavailable");
    errorOf(await service.deliver(name, unnamed, { secret, id: "del_u" }), 503, "unavailable");
    await service.switch({ broken: ["add", "claim"] });
    errorOf(await service.deliver(name, unnamed, { secret, id: "del_u" }), 503, "unavailable");
    await service.switch({ broken: ["registerView", "registerAddTally"], aheadMs: 120_000 });
    errorOf(await service.deliver(name, event, { secret, timestamp: seconds(120) }), 503, "unavailable");
    assert.equal((await service.request("/v1/ingest", { token })).status, 503);
    for (const broken of [["registerView"], ["registerEntry"], ["part"]]) {
      await service.switch({ broken, aheadMs: 240_000 });
      const answer = await service.request("/v1/usage/by-agent?period=month", { token });
      errorOf(answer, 503, "unavailable");
      assert.equal(answer.headers.get("retry-after"), "5");
    }
    await service.switch({ broken: [], aheadMs: 120_000 });
    assert.equal((await service.deliver(name, event, { secret })).json().status, "counted");
    assert.equal((await service.deliver(name, unnamed, { secret, id: "del_u" })).json().status, "counted");
    const ingest = await service.until(token, ({ refused }) => refused.unavailable === 4);
    assert.deepEqual([ingest.counted, ingest.duplicates], [2, 0]);
    const { errors } = await service.calls();
    assert.ok(errors.length >= 4 && errors.every((error) => !error.includes(secret)));
  });

  test("loses no refusal: it is written when the register works again", async () => {
    const { name, secret, token } = await service.account("unwritten");
    const writes = async () => (await service.calls()).calls.registerAddTally ?? 0;
    const before = await writes();
    await service.switch({ broken: ["registerAddTally"] });
    await service.deliver(name, message(), { secret: "forged" });
    while ((await writes()) === before) await new Promise((resolve) => setTimeout(resolve, 10));
    await service.switch({ broken: [] });
    for (let refused = {}; refused.bad_signature !== 1; { refused } = await service.ingest(token)) {
      assert.equal((await service.deliver(name, message(), { secret })).status, 200);
    }
  });
});
