/** The page of the service: it asks for a token, shows what webhooks told, and follows them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, message } from "../workerd/service-support.mjs";
import { violationsIn } from "./support/axe.mjs";
import { launch } from "./support/browser.mjs";
import { asTable, copiedJson, openAt, settled, settledAfter, tableOf } from "./support/page.mjs";
import { records } from "./support/records.mjs";
import { startService } from "./support/service.mjs";

const { text } = records({ start: "2024-04-01T00:00:00Z", end: "2024-07-01T00:00:00Z", count: 500 });
const TEST = { timeout: 300_000 };
const withoutToken = () => "";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/**
 * A service and its page in a tab, until the end of the test. The test fails for each fault that it does not take.
 *
 * @param {{add?: string, settings?: object, hash?: (service: object) => string}} options the records that it has, the settings of the
 *   account, and the end of the page's address; the others are those of a tab
 */
async function open(t, { settings, add = text, hash = ({ token }) => `#token=${token}`, ...options } = {}) {
  const service = await startService(settings);
  let tab;
  t.after(async () => {
    try {
      await tab?.close(); // first, because the page asks a service that has ended
    } finally {
      await service.stop();
    }
  });
  if (add !== "") await service.add(add);
  tab = await openAt(browser, service.origin, { hash: hash(service), isReady: "#zone:enabled, #token", ...options });
  return { service, ...tab };
}

/** Takes the faults that a test wants, all of which must be as it says. */
function expectFaults(faults, wanted) {
  assert.ok(faults.length > 0);
  for (const fault of faults.splice(0)) assert.match(fault, wanted);
}

/** The report of June 2024 in Vienna. */
async function reportOfJune({ ask }) {
  const now = new Date();
  const offset = (2024 - now.getUTCFullYear()) * 12 + 5 - now.getUTCMonth();
  return ask(`/v1/usage/by-agent?period=month&tz=Europe/Vienna&offset=${offset}`);
}

const enter = async (page, token) => {
  await page.fill("#token", token);
  await page.press("#token", "Enter");
};

test("the page shows the report of the service", TEST, async (t) => {
  const { page, service } = await open(t);
  await settled(page);
  assert.equal(await page.textContent("#period-title"), "June 2024");
  const report = await reportOfJune(service);
  assert.deepEqual(await tableOf(page), asTable(report));
  assert.equal(await copiedJson(page), JSON.stringify(report));
  // What the chart and an agent's part show comes from the service too.
  await settledAfter(page, () => page.getByRole("radio", { name: "Year" }).first().check({ force: true }));
  await settledAfter(page, () => page.locator(".usage .name").first().click());
  await page.locator(".agent-part .heat").waitFor();
  assert.doesNotMatch(await page.textContent("body"), /usage-by-agent serve/);
  assert.equal(await page.getByRole("complementary", { name: "Records" }).count(), 0);
});

test("a posted webhook shows without a reload", TEST, async (t) => {
  const hostile = '<img src=x onerror="alert(1)">\u202e<b>&amp;';
  const agents = [{ id: "agt_evil", name: hostile }];
  const { page, service } = await open(t, { add: "", settings: { agents } });
  await page.getByText("No webhook has come yet.").waitFor();
  await page.evaluate(() => {
    window.isFirst = true;
  });
  const receivedAt = new Date().toISOString();
  assert.equal(await service.deliver(message({ agentId: "agt_evil", receivedAt })), 200);
  const name = page.locator(".usage .name");
  await name.waitFor();
  assert.equal(await name.textContent(), hostile);
  assert.deepEqual(await tableOf(page), [[hostile, "1", "0", "0:00:00"]]);
  assert.equal(await page.locator("img").count(), 0);
  await page.getByText("The last webhook came less than a minute ago.").waitFor();
  // A call of another agent, and again.
  const ended = { startedAt: receivedAt, endedAt: receivedAt, durationSeconds: 61 };
  await service.deliver(call({ agentId: "__proto__", ...ended }));
  await page.locator(".usage tbody tr").nth(1).waitFor();
  assert.equal(await page.locator(".usage .name").nth(1).textContent(), "__proto__");
  assert.equal(await page.evaluate(() => window.isFirst), true);
});

test("without a token the page asks for one, says that a wrong one is wrong, and keeps none", TEST, async (t) => {
  const { page, service, faults } = await open(t, { hash: withoutToken });
  const field = page.getByLabel("Token", { exact: true });
  await field.waitFor();
  assert.equal(await field.getAttribute("type"), "password");
  assert.equal(await page.evaluate(() => document.activeElement.id), "token");
  assert.equal(await page.locator("#period").isVisible(), false);
  await page.keyboard.press("Enter");
  await page.getByText("Enter a token.").waitFor();
  await enter(page, "wrong");
  await page.getByRole("alert").getByText("The service does not accept this token.").waitFor();
  expectFaults(faults, /status of 401/);
  assert.equal(await page.locator("#failure").isVisible(), false);
  await page.fill("#token", "“typographic”");
  assert.equal(await page.textContent("#token-said"), "");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("The service does not accept this token.").waitFor();
  await enter(page, ` ${service.token} `);
  await settled(page);
  await page.locator(".usage").waitFor();
  assert.equal(await field.isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), "period-title");
  assert.deepEqual(await tableOf(page), asTable(await reportOfJune(service)));
  await assertKeptNowhere(page, service.token);
  await page.reload();
  await field.waitFor();
  assert.equal(await field.inputValue(), "");
  assert.equal(await page.locator(".usage").isVisible(), false);
});

async function assertKeptNowhere(page, token) {
  const kept = await page.evaluate(async () => [
    location.href,
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll("input")].map(({ value }) => value),
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    document.cookie,
    JSON.stringify(history.state),
    String((await indexedDB.databases()).length + (await caches.keys()).length),
  ]);
  assert.ok(!kept.join("\n").includes(token));
  assert.equal(kept.at(-1), "0");
}

test("the token of the address is removed from it, and its view is kept", TEST, async (t) => {
  const hash = ({ token }) => `#token=${token}&period=month&date=2024-05-01&tz=UTC`;
  const { page, service } = await open(t, { hash });
  await settled(page);
  assert.equal(await page.textContent("#period-title"), "May 2024");
  await assertKeptNowhere(page, service.token);
});

test("a token that ends while the page is open closes it, and another one opens it", TEST, async (t) => {
  const { page, service, faults } = await open(t);
  await settled(page);
  await page.locator(".usage").waitFor();
  const report = await reportOfJune(service);
  await service.revoke();
  await page.getByText("The service does not accept this token.").waitFor();
  assert.equal(await page.locator("#report").isVisible(), false);
  expectFaults(faults, /status of 401/);
  await enter(page, await service.newToken());
  await page.locator(".usage").waitFor();
  assert.deepEqual(await tableOf(page), asTable(report));
});

test("the page tells why webhooks were refused", TEST, async (t) => {
  const { page, service } = await open(t, { add: "" });
  await page.getByText("No webhook has come yet.").waitFor();
  const event = message({ receivedAt: new Date().toISOString() });
  assert.equal(await service.deliver(event, { secret: "an old one" }), 503);
  assert.equal(await service.deliver(event, { timestamp: 1 }), 400);
  await assertSoon(async () => {
    const { refused } = await service.ask("/v1/ingest"); // written once a second
    return refused.bad_signature === 1 && refused.too_old === 1;
  });
  assert.equal(await service.deliver(event), 200);
  await page.locator(".ingest-line", { hasText: "2 were refused: " }).waitFor();
  const line = await page.locator(".ingest-line").textContent();
  assert.match(line, /1 signed with another secret/);
  assert.match(line, /1 too old/);
});

test(
  "the page asks ever more seldom when nothing changes and nobody is there, and never while it is hidden",
  TEST,
  async (t) => {
    const { page, service } = await open(t, { hash: withoutToken });
    await page.clock.install();
    await page.reload();
    const statuses = [];
    let asked = 0;
    const isLook = (request) => request.url() === `${service.origin}/v1/ingest`;
    page.on("request", (request) => {
      asked += Number(isLook(request));
    });
    page.on("response", (response) => {
      if (isLook(response.request())) statuses.push(response.status());
    });
    /** Does something, and gives how often the page has asked then. */
    const looksAfter = async (act) => {
      const before = asked;
      await act();
      await page.evaluate(() => fetch("/favicon.svg")); // so that what the page has asked is known here
      await assertSoon(() => statuses.length === asked);
      await page.evaluate(() => fetch("/favicon.svg")); // so that the page has the answer
      return asked - before;
    };
    const looksIn = (ms) => looksAfter(() => page.clock.runFor(ms));
    await enter(page, service.token);
    await page.locator(".usage").waitFor();
    for (let n = 0; n < 3; n++) assert.equal(await looksIn(1600), 1);
    assert.ok(statuses.slice(-3).includes(304)); // not each of them, because the tag changes every five minutes
    const hide = (isHidden) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, isHidden);
    await hide(true);
    assert.equal(await looksIn(60_000), 0);
    assert.equal(await looksAfter(() => hide(false)), 1);
    assert.equal(await looksAfter(() => page.clock.fastForward(100_000)), 1);
    assert.equal(await looksIn(4500), 0);
    assert.equal(await looksIn(600), 1);
    assert.equal(await looksAfter(() => page.clock.fastForward(601_000)), 1);
    assert.equal(await looksIn(14_000), 0);
    assert.equal(await looksIn(1100), 1);
    // The reader comes back.
    assert.equal(await looksAfter(() => page.mouse.move(200, 200)), 1);
    assert.equal(await looksIn(1600), 1);
  },
);

test("trouble for a moment changes nothing, and lasting trouble is said until it ends", TEST, async (t) => {
  const { page, faults } = await open(t);
  await settled(page);
  const answer = { error: { message: "busy", code: "busy", type: "api_error", details: [] } };
  let failing = 1;
  let looks = 0;
  await page.route("**/v1/ingest", (route) => {
    looks++;
    return failing-- > 0 ? route.fulfill({ status: 503, json: answer }) : route.continue();
  });
  await assertSoon(() => looks >= 3);
  assert.equal(await page.locator("#failure").isVisible(), false);
  assert.equal(await page.locator(".usage").isVisible(), true);
  await page.route("**/v1/**", (route) => route.abort());
  await page.locator("#failure").getByText("This page tries again by itself.").first().waitFor();
  await page.unroute("**/v1/**");
  await page.locator(".usage").waitFor();
  assert.equal(await page.locator("#failure").isVisible(), false);
  expectFaults(faults, /status of 503|ERR_FAILED/);
});

async function assertSoon(isSo) {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("the page that counts files is beside it", TEST, async (t) => {
  const { page, service } = await open(t, { add: "" });
  await page.getByRole("link", { name: "Count files in this browser" }).click();
  await page.waitForURL(`${service.origin}/files`);
  await page.getByText("This is a sample").waitFor();
  await page.getByRole("link", { name: "This page" }).click();
  await page.waitForURL(/docs\/page/);
});

const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  narrow: { viewport: { width: 390, height: 844 } },
};

for (const [name, options] of Object.entries(LOOKS)) {
  test(`people with disabilities can use the page, ${name}`, TEST, async (t) => {
    const { page, service, faults } = await open(t, { hash: withoutToken, reducedMotion: "reduce", ...options });
    const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    await page.getByLabel("Token", { exact: true }).waitFor();
    assert.deepEqual(await violationsIn(page), []);
    await enter(page, "wrong");
    await page.getByText("The service does not accept this token.").waitFor();
    assert.deepEqual(await violationsIn(page), []);
    assert.ok(await fits());
    expectFaults(faults, /status of 401/);
    await service.deliver(message(), { secret: "another" });
    await service.deliver(message());
    await page.fill("#token", service.token);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space"); // the button
    await settled(page);
    await page.locator(".ingest-line").waitFor();
    assert.deepEqual(await violationsIn(page), []);
    assert.ok(await fits());
  });
}
