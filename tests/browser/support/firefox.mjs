/** Drives Firefox by WebDriver, which playwright-core does not. `GECKODRIVER` and `FIREFOX` may name the programs. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts Firefox without a window. `valueOf` waits until an expression of the page has a value. */
export async function openFirefox() {
  const driver = spawn(process.env.GECKODRIVER ?? "geckodriver", ["--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, MOZ_HEADLESS: "1" },
  });
  const port = await listening(driver);

  async function send(method, path, body) {
    const headers = { "content-type": "application/json" };
    const sent = { method, headers, body: body && JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, sent);
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  try {
    const binary = process.env.FIREFOX ? { binary: process.env.FIREFOX } : {};
    const wanted = { "moz:firefoxOptions": { args: ["-headless"], ...binary }, timeouts: { script: 120_000 } };
    const { sessionId } = await send("POST", "/session", { capabilities: { alwaysMatch: wanted } });
    const session = `/session/${sessionId}`;
    const script = (expression) =>
      `const done = arguments[0]; (function look() { const value = ${expression};
       if (value === undefined) setTimeout(look, 50); else done(value); })();`;
    return {
      goto: (url) => send("POST", `${session}/url`, { url }),
      valueOf: (expression) => send("POST", `${session}/execute/async`, { script: script(expression), args: [] }),
      async close() {
        await send("DELETE", session).finally(() => driver.kill());
      },
    };
  } catch (error) {
    driver.kill();
    throw error;
  }
}

/** The port, which the driver prints when it listens. */
function listening(driver) {
  return new Promise((resolve, reject) => {
    driver.once("error", reject);
    driver.once("exit", (status) => reject(new Error(`geckodriver ended with ${status}`)));
    createInterface(driver.stdout).on("line", (line) => {
      const found = /Listening on [\d.]+:(\d+)/.exec(line);
      if (found) resolve(found[1]);
    });
  });
}
