/** Accounts of the service: what the administrator does, tokens, and what is erased. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ADMIN_TOKEN, call, message, seconds, startService, TEST_TIMEOUT, voiceTurn } from "./service-support.mjs";
import { errorOf } from "./support.mjs";

const ACCOUNTS = "/v1/admin/accounts";

/** Asks until there is an answer: a server may answer and close the connection while a client still sends a body that is too long. */
async function answered(ask) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 20 || error.message !== "fetch failed") throw error;
    }
  }
}

describe("the administrator", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService({ options: { shards: 4 } });
  });
  after(() => service?.stop());

  const ROUTES = [
    ["GET", `${ACCOUNTS}/acme`],
    ["PUT", `${ACCOUNTS}/acme`],
    ["POST", `${ACCOUNTS}/acme/secrets`],
    ["DELETE", `${ACCOUNTS}/acme/secrets/sec_1`],
    ["POST", `${ACCOUNTS}/acme/tokens`],
    ["DELETE", `${ACCOUNTS}/acme/tokens/tok_1`],
    ["DELETE", "/v1/accounts/acme"],
  ];

  test("needs the token of the administrator on every route", async () => {
    const { token } = await service.account("other");
    for (const [method, path] of ROUTES) {
      const missing = await service.request(path, { method });
      errorOf(missing, 401, "missing_token");
      assert.equal(missing.headers.get("www-authenticate"), "Bearer");
      for (const wrong of [
        "wrong",
        `${ADMIN_TOKEN}x`,
        ADMIN_TOKEN.slice(1),
        ADMIN_TOKEN.slice(0, -1),
        ADMIN_TOKEN.toUpperCase(),
        token,
      ]) {
        errorOf(await service.request(path, { method, token: wrong }), 401, "invalid_token");
      }
    }
    errorOf(await service.admin("GET", `${ACCOUNTS}/acme`), 404, "no_account");
  });

  test("uses no other method", async () => {
    for (const path of new Set(ROUTES.map(([, path]) => path))) {
      const answer = await service.admin("PATCH", path);
      errorOf(answer, 405, "method_not_allowed");
      const methods = ROUTES.filter(([, other]) => other === path).map(([method]) => method);
      assert.deepEqual(answer.headers.get("allow").split(", "), methods);
    }
  });

  test("makes an account, and changes its settings, but not its shards", async () => {
    const path = `${ACCOUNTS}/made`;
    const settings = {
      shards: 16,
      forward: "https://app.example/hook?key=1",
      tz: "Europe/Paris",
      weekStart: "sunday",
      boundsAs: "wall-clock",
      account: { plan: { name: "Pro" }, numbers: { used: 1, limit: 2, remaining: 1 } },
      agents: [{ id: "agt_1", name: "Ann" }],
    };
    const made = await service.admin("PUT", path, settings);
    assert.deepEqual([made.status, made.json()], [201, { account: "made", settings }]);
    const { createdAt, ...shown } = (await service.admin("GET", path)).json();
    assert.deepEqual(shown, { account: "made", settings, secrets: [], tokens: [] });
    assert.ok(Date.parse(createdAt) > 0);
    const changed = await service.admin("PUT", path, { tz: "Asia/Tokyo" });
    assert.deepEqual([changed.status, changed.json().settings], [200, { tz: "Asia/Tokyo", shards: 16 }]);
    assert.equal((await service.admin("PUT", path, { shards: 16 })).status, 200);
    const error = errorOf(await service.admin("PUT", path, { shards: 8, tz: "UTC" }), 409, "shards_fixed");
    assert.equal(error.details[0].field, "/shards");
    assert.deepEqual((await service.admin("GET", path)).json().settings, { shards: 16 });
    assert.deepEqual((await service.admin("PUT", `${ACCOUNTS}/default`, {})).json().settings, { shards: 4 });
  });

  const wrong = {
    "/shards": [{ shards: 3 }, { shards: 128 }, { shards: 0 }, { shards: "8" }, { shards: null }],
    "/forward": [
      { forward: "ftp://a.example" },
      { forward: "http://a.example/" },
      { forward: "https://u:p@a.example/" },
      { forward: "https://a.example/#f" },
      { forward: "nowhere" },
      { forward: null },
      { forward: ["https://a.example"] },
    ],
    "/tz": [{ tz: "Mars/Olympus" }, { tz: 5 }],
    "/weekStart": [{ weekStart: "someday" }],
    "/boundsAs": [{ boundsAs: "hunter2" }],
    "/account/plan": [{ account: { plan: 5 } }],
    "/agents/1/name": [{ agents: [{ id: "a", name: "Ann" }, { id: "b" }] }],
    "/timezone": [{ timezone: "UTC" }],
    "/token": [{ token: "hunter2" }],
    "": [[], "text", 5, null, true],
  };
  for (const [field, settings] of Object.entries(wrong)) {
    test(`refuses settings that are wrong at ${field || "the top"}`, async () => {
      for (const body of settings) {
        const error = errorOf(
          await service.admin("PUT", `${ACCOUNTS}/wrong`, JSON.stringify(body)),
          400,
          "invalid_body",
        );
        assert.equal(error.details[0].field, field, JSON.stringify(body));
      }
      errorOf(await service.admin("GET", `${ACCOUNTS}/wrong`), 404, "no_account");
    });
  }

  test("sends bodies that are JSON, and not too long", async () => {
    for (const path of [`${ACCOUNTS}/made`, `${ACCOUNTS}/made/secrets`, `${ACCOUNTS}/made/tokens`]) {
      const method = path.endsWith("s") ? "POST" : "PUT";
      errorOf(await service.admin(method, path, "{"), 400, "invalid_body");
      errorOf(await service.admin(method, path, Uint8Array.of(0x22, 0xff, 0x22)), 400, "invalid_body");
      errorOf(await answered(() => service.admin(method, path, `"${"x".repeat(600_000)}"`)), 413, "too_large");
    }
    const secrets = [{}, { secret: "" }, { secret: 5 }, { secret: " a" }, { secret: "a\n" }, { secret: "a", id: "b" }];
    secrets.push({ secret: "x".repeat(1025) }, [], { secret: null });
    for (const body of secrets)
      errorOf(await service.admin("POST", `${ACCOUNTS}/made/secrets`, body), 400, "invalid_body");
    const tokens = [{ name: 5 }, { name: "x".repeat(201) }, { token: "mine" }, { expiresAt: "soon" }, { expiresAt: 5 }];
    tokens.push({ expiresAt: "2020-01-01T00:00:00Z" }, { expiresAt: "2090-13-01T00:00:00Z" });
    for (const body of tokens)
      errorOf(await service.admin("POST", `${ACCOUNTS}/made/tokens`, body), 400, "invalid_body");
  });

  test("names accounts in a way that can be a part of a path", async () => {
    for (const name of ["a", "0", "a-b_c", "z".repeat(64)]) {
      assert.equal((await service.admin("PUT", `${ACCOUNTS}/${name}`, {})).status, 201, name);
    }
    for (const name of ["A", "_a", "-a", "a.b", "z".repeat(65), "%61", "a%2Fb", "é", "a:1"]) {
      errorOf(await service.admin("PUT", `${ACCOUNTS}/${name}`, {}), 400, "invalid_account");
    }
  });

  test("adds secrets and tokens to accounts that exist, and sees neither again", async () => {
    for (const what of ["secrets", "tokens"]) {
      errorOf(
        await service.admin("POST", `${ACCOUNTS}/nobody/${what}`, what === "secrets" ? { secret: "s" } : {}),
        404,
        "no_account",
      );
      errorOf(await service.admin("DELETE", `${ACCOUNTS}/nobody/${what}/x`), 404, "not_found");
    }
    const { name, secret, secretId, token, tokenId } = await service.account("seen");
    const path = `${ACCOUNTS}/${name}`;
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const named = (await service.admin("POST", `${path}/tokens`, { name: "page", expiresAt })).json();
    assert.match(named.token, /^uba_seen\.[\w-]{43}$/);
    const shown = await service.admin("GET", path);
    const { secrets, tokens } = shown.json();
    assert.deepEqual(
      secrets.map(({ id }) => id),
      [secretId],
    );
    const seen = tokens.map(({ id, name, expiresAt }) => ({ id, name, expiresAt }));
    assert.deepEqual(seen, [
      { id: tokenId, name: null, expiresAt: null },
      { id: named.id, name: "page", expiresAt },
    ]);
    for (const hidden of [secret, token, named.token, token.split(".")[1]]) assert.ok(!shown.text.includes(hidden));
    errorOf(await service.admin("DELETE", `${path}/tokens/${secretId}`), 404, "not_found");
    errorOf(await service.admin("DELETE", `${path}/secrets/${tokenId}`), 404, "not_found");
  });

  test("makes 100 tokens of an account at most", async () => {
    const { name } = await service.account("many-tokens");
    const make = () => service.admin("POST", `${ACCOUNTS}/${name}/tokens`, {});
    const made = await Promise.all(Array.from({ length: 99 }, make));
    assert.equal(new Set(made.map((answer) => answer.json().token)).size, 99);
    errorOf(await make(), 409, "too_many");
  });
});

describe("without the token of the administrator in the bindings", { timeout: TEST_TIMEOUT }, () => {
  for (const [what, token] of Object.entries({ absent: undefined, empty: "" })) {
    test(`its routes do not exist: ${what}`, async () => {
      const service = await startService({ vars: { ADMIN_TOKEN: token } });
      try {
        const unknown = await service.request("/v1/nothing", { method: "PUT" });
        for (const path of [`${ACCOUNTS}/acme`, `${ACCOUNTS}/acme/secrets`, "/v1/accounts/acme"]) {
          for (const method of ["GET", "PUT", "POST", "DELETE"]) {
            const answer = await service.request(path, { method, token: ADMIN_TOKEN });
            assert.deepEqual([answer.status, answer.text], [404, unknown.text]);
          }
        }
      } finally {
        await service.stop();
      }
    });
  }
});

describe("tokens", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service?.stop());

  const ask = (token, isolate) => service.request("/v1/ingest", { token, isolate });

  test("open their account, with the scheme Bearer alone", async () => {
    const { token, name } = await service.account("opened");
    assert.equal((await ask(token)).json().account, name);
    for (const authorization of [
      token,
      `Basic ${token}`,
      `Bearer ${token} x`,
      `Bearer`,
      `Bearer ${token}, Bearer ${token}`,
    ]) {
      assert.equal((await service.request("/v1/ingest", { headers: { authorization } })).status, 401, authorization);
    }
    const lower = await service.request("/v1/ingest", { headers: { authorization: `bearer ${token}` } });
    assert.equal(lower.status, 200);
    errorOf(await service.request("/v1/ingest", { token, method: "POST" }), 405, "method_not_allowed");
    assert.equal((await service.request(`/v1/ingest?token=${token}`)).status, 401);
  });

  test("open nothing if a character differs", async () => {
    const { token } = await service.account("differs");
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === "A" ? "B" : "A";
      errorOf(await ask(token.slice(0, at) + other + token.slice(at + 1)), 401, "invalid_token");
    }
    for (const other of [
      `${token}A`,
      token.slice(0, -1),
      token.toUpperCase(),
      `${token}=`,
      token.replace("uba_", ""),
    ]) {
      errorOf(await ask(other), 401, "invalid_token");
    }
  });

  test("are revoked at once in the isolate that revokes them, and within a minute in the others", async () => {
    const { name, token, tokenId, secret } = await service.account("revoked");
    const other = (await service.admin("POST", `${ACCOUNTS}/${name}/tokens`, {})).json();
    assert.equal((await ask(token, "second")).status, 200);
    assert.equal((await service.admin("DELETE", `${ACCOUNTS}/${name}/tokens/${tokenId}`)).status, 204);
    errorOf(await service.admin("DELETE", `${ACCOUNTS}/${name}/tokens/${tokenId}`), 404, "not_found");
    errorOf(await ask(token), 401, "invalid_token");
    assert.equal((await ask(token, "second")).status, 200, "the view that the other isolate has");
    await service.switch({ aheadMs: 60_000 }, "second");
    errorOf(await ask(token, "second"), 401, "invalid_token");
    assert.equal((await ask(other.token, "second")).status, 200);
    // Deleted secrets likewise.
    const [{ id }] = (await service.admin("GET", `${ACCOUNTS}/${name}`)).json().secrets;
    assert.equal((await service.admin("DELETE", `${ACCOUNTS}/${name}/secrets/${id}`)).status, 204);
    await service.switch({ aheadMs: 120_000 }, "second");
    const how = { secret, timestamp: seconds(120), isolate: "second" };
    errorOf(await service.deliver(name, message(), how), 503, "bad_signature");
    await service.switch({ aheadMs: 0 }, "second");
  });

  test("that are new open their account in every isolate within seconds", async () => {
    const { name, token } = await service.account("fresh");
    assert.equal((await ask(token, "second")).status, 200);
    const { token: fresh } = (await service.admin("POST", `${ACCOUNTS}/${name}/tokens`, {})).json();
    await service.switch({ aheadMs: 2000 }, "second");
    assert.equal((await ask(fresh, "second")).status, 200);
    await service.switch({ aheadMs: 0 }, "second");
  });

  test("end when they say it", async () => {
    const { name } = await service.account("ending");
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const { token } = (await service.admin("POST", `${ACCOUNTS}/${name}/tokens`, { expiresAt })).json();
    assert.equal((await ask(token)).status, 200);
    await service.switch({ aheadMs: 601_000 });
    errorOf(await ask(token), 401, "invalid_token");
    await service.switch({ aheadMs: 0 });
  });

  test("are a 503 where the register can't be asked", async () => {
    const { token } = await service.account("unasked");
    await service.switch({ broken: ["registerView"], aheadMs: 120_000 });
    const answer = await ask(token);
    errorOf(answer, 503, "unavailable");
    assert.ok(answer.headers.has("retry-after"));
    await service.switch({ broken: [], aheadMs: 0 });
    assert.equal((await ask(token)).status, 200);
  });

  test("of a flood of guesses ask the register once a second at most", async () => {
    const { token, name } = await service.account("guessed");
    assert.equal((await ask(token)).status, 200);
    await service.switch({ frozenMs: Date.now() });
    const before = (await service.calls()).calls.registerView;
    const guesses = Array.from({ length: 300 }, (_, n) => `uba_${name}.${String(n).padStart(43, "x")}`);
    for (const guess of guesses) errorOf(await ask(guess), 401, "invalid_token");
    await Promise.all(guesses.map((guess) => ask(guess)));
    const { calls } = await service.calls();
    assert.ok(calls.registerView - before <= 1, `${calls.registerView - before}`);
    await service.switch({ frozenMs: null });
  });
});

describe("a flood of forgeries", { timeout: TEST_TIMEOUT }, () => {
  test("asks the register and writes to it seldom, and every one is counted", async () => {
    const service = await startService();
    try {
      const { name, secret, token } = await service.account("flooded");
      await service.deliver(name, message(), { secret });
      await service.switch({ frozenMs: Date.now() });
      const before = (await service.calls()).calls;
      const forge = () => service.deliver(name, message(), { secret: "forged" });
      for (let n = 0; n < 300; n++) await forge();
      await Promise.all(Array.from({ length: 200 }, forge));
      const { calls } = await service.calls();
      assert.ok(calls.registerView - before.registerView <= 1);
      assert.ok((calls.registerAddTally ?? 0) - (before.registerAddTally ?? 0) <= 20);
      const { counted } = await service.until(token, ({ refused }) => refused.bad_signature === 500);
      assert.equal(counted, 1);
    } finally {
      await service.stop();
    }
  });
});

describe("an account that is erased", { timeout: TEST_TIMEOUT }, () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service?.stop());

  test("has nothing left, and may be erased again", async () => {
    const { name, secret, token } = await service.account("erased");
    for (let n = 0; n < 40; n++)
      await service.deliver(name, n % 2 ? message() : message({ id: null, message: `number ${n}` }), { secret });
    assert.equal((await service.ingest(token)).counted, 40);
    for (let n = 0; n < 3; n++) assert.equal((await service.admin("DELETE", `/v1/accounts/${name}`)).status, 204);
    errorOf(await service.request("/v1/ingest", { token }), 401, "invalid_token");
    errorOf(await service.admin("GET", `${ACCOUNTS}/${name}`), 404, "no_account");
    errorOf(await service.deliver(name, message(), { secret }), 503, "unknown_account");
    assert.deepEqual(await service.tables(name), Array(9).fill(["generation"]));
    assert.equal((await service.admin("DELETE", "/v1/accounts/never-made")).status, 204);
    assert.deepEqual(await service.tables("never-made"), Array(9).fill([]));
  });

  for (const [what, id] of Object.entries({ "with an id": "msg_late", "without an id": null })) {
    test(`stores nothing of a delivery ${what} that another isolate accepts later`, async () => {
      const { name, secret } = await service.account(`late-${what.replaceAll(" ", "-")}`);
      const late = { secret, isolate: "second" };
      assert.equal((await service.deliver(name, message(), late)).status, 200);
      assert.equal((await service.admin("DELETE", `/v1/accounts/${name}`)).status, 204);
      const asked = async () => (await service.calls()).calls.registerView;
      const before = await asked();
      errorOf(await service.deliver(name, message({ id }), late), 503, "unknown_account");
      assert.equal(await asked(), before, "the isolate has a view of the account");
      assert.deepEqual(await service.tables(name), Array(9).fill(["generation"]));
    });
  }

  test("may be made again, and then has none of what it had", async () => {
    const first = await service.account("again");
    const event = message();
    assert.equal((await service.deliver("again", event, { secret: first.secret, isolate: "second" })).status, 200);
    assert.equal((await service.admin("DELETE", "/v1/accounts/again")).status, 204);
    const second = await service.account("again", { shards: 2 }, "another secret");
    errorOf(await service.request("/v1/ingest", { token: first.token }), 401, "invalid_token");
    // The other isolate has the view of the first account. The shard refuses it, and then the isolate asks.
    errorOf(await service.deliver("again", event, { secret: first.secret, isolate: "second" }), 503, "unknown_account");
    errorOf(await service.deliver("again", event, { secret: first.secret, isolate: "second" }), 503, "bad_signature");
    const how = { secret: second.secret, isolate: "second" };
    assert.equal((await service.deliver("again", event, how)).json().status, "counted");
    const { counted, shards } = await service.ingest(second.token);
    assert.deepEqual([counted, shards], [1, 2]);
  });

  test("is erased whole, also if a shard fails at first", async () => {
    const { name, secret, token } = await service.account("half");
    for (let n = 0; n < 20; n++) await service.deliver(name, message(), { secret });
    await service.switch({ broken: ["erase"] });
    const answer = await service.admin("DELETE", `/v1/accounts/${name}`);
    errorOf(answer, 503, "unavailable");
    errorOf(await service.request("/v1/ingest", { token }), 401, "invalid_token");
    errorOf(await service.deliver(name, message(), { secret }), 503, "unknown_account");
    errorOf(await service.admin("PUT", `${ACCOUNTS}/${name}`, {}), 409, "erasing");
    await service.switch({ broken: [] });
    assert.equal((await service.admin("DELETE", `/v1/accounts/${name}`)).status, 204);
    assert.deepEqual(await service.tables(name), Array(9).fill(["generation"]));
  });

  test("is forgotten after a while, unless it was made again", async () => {
    const { name, secret } = await service.account("forgotten");
    const afterHours = async (hours) => {
      await service.switch({ objectsAheadMs: hours * 3_600_000 });
      await service.forget(name);
      await service.switch({ objectsAheadMs: 0 });
    };
    await service.deliver(name, message(), { secret });
    await service.admin("DELETE", `/v1/accounts/${name}`);
    await afterHours(0.9);
    assert.deepEqual(await service.tables(name), Array(9).fill(["generation"]));
    await afterHours(1.1);
    assert.deepEqual(await service.tables(name), Array(9).fill([]));
    const again = await service.account(name);
    await service.deliver(name, message(), { secret });
    await service.admin("DELETE", `/v1/accounts/${name}`);
    const last = await service.account(name);
    await service.deliver(name, message(), { secret });
    await afterHours(1.1);
    assert.ok((await service.tables(name)).every((tables) => !tables.includes("generation")));
    assert.equal((await service.ingest(last.token)).counted, 1);
    errorOf(await service.request("/v1/ingest", { token: again.token }), 401, "invalid_token");
  });

  test("is not forgotten early by an alarm of something that has ended", async () => {
    const { name } = await service.account("collected");
    await service.admin("DELETE", `/v1/accounts/${name}`);
    await service.account(name);
    const path = `${ACCOUNTS}/${name}/collecting`;
    const collecting = { token: "sk_1", baseUrl: "http://127.0.0.1:9" };
    assert.equal((await service.admin("PUT", path, collecting)).status, 200);
    assert.equal((await service.admin("DELETE", path)).status, 204);
    await service.forget(name);
    const [register] = await service.tables(name);
    assert.ok(register.includes("generation"));
  });
});

describe("on disk", { timeout: TEST_TIMEOUT }, () => {
  let folder;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The bytes of every file. */
  function stored() {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Buffer.concat(entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
  }

  test("an account outlives the Worker, without texts, callers' numbers or tokens", async () => {
    let service = await startService({ persist: folder });
    const { name, secret, token } = await service.account("kept");
    const events = [message(), message({ id: null }), call(), voiceTurn()];
    for (const [n, event] of events.entries()) await service.deliver(name, event, { secret, id: `del_disk_${n}` });
    await service.deliver(name, message(), { secret: "forged" });
    const before = await service.until(token, ({ refused, ignored }) => refused.bad_signature && ignored.voiceTurns);
    await service.stop();

    const bytes = stored();
    for (const kept of [events[0].data.messageId, "num_1", secret]) assert.ok(bytes.includes(kept), kept);
    for (const text of ["Good morning", "Hello", "+1555000", token, token.split(".")[1], ADMIN_TOKEN]) {
      assert.ok(!bytes.includes(text), text);
    }

    service = await startService({ persist: folder });
    try {
      const { lagMs, ...after } = await service.ingest(token);
      assert.ok(lagMs >= before.lagMs);
      assert.deepEqual({ ...after, lagMs: before.lagMs }, before);
      for (const [n, event] of events.entries()) {
        const answer = await service.deliver(name, event, { secret, id: `del_disk_${n}`, timestamp: seconds(-5) });
        assert.equal(answer.json().status, n === 3 ? "ignored" : "duplicate");
      }
    } finally {
      await service.stop();
    }
  });
});

describe("the options", { timeout: TEST_TIMEOUT }, () => {
  test("that are wrong are refused when the service is made, at their places", async () => {
    const service = await startService();
    try {
      for (const { path, refused } of (await service.request("/test/refused")).json()) {
        assert.equal(refused?.name, "UsageError", path);
        assert.ok(["invalid_option", "invalid_tz"].includes(refused.code), refused.message);
        assert.equal(refused.path, path, refused.message);
        if (path !== "/token") assert.ok(!refused.message.includes("hunter2"));
      }
    } finally {
      await service.stop();
    }
  });

  for (const [what, options] of Object.entries({
    "a binding that is missing": { binding: "OTHER" },
    "a number of shards": { shards: 5 },
  })) {
    test(`of a function that are wrong are a 503 that names them: ${what}`, async () => {
      const service = await startService({ options });
      try {
        for (const answer of [
          await service.deliver("acme", message(), { secret: "s" }),
          await service.request("/v1/usage", { token: "t" }),
          await service.admin("PUT", `${ACCOUNTS}/acme`, {}),
        ]) {
          const { message: said } = errorOf(answer, 503, "not_configured");
          assert.match(said, /OTHER|`shards`/);
          assert.ok(answer.headers.has("retry-after"));
        }
      } finally {
        await service.stop();
      }
    });
  }
});
