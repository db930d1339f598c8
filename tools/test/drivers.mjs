// Environments in which wasm-bindgen-test-runner starts one browser and no other. wasm-pack passes them on to the runner.

/** The runner uses the first of these variables that is set, so the variables of all other drivers must not be set. */
const DRIVERS = ["GECKODRIVER", "SAFARIDRIVER", "CHROMEDRIVER", "MSEDGEDRIVER"];
const NONE = Object.fromEntries(DRIVERS.flatMap((name) => [name, `${name}_REMOTE`]).map((name) => [name, undefined]));

/** `browser` is what `setUp` returns for Chromium. */
export function inChromium(browser) {
  return { ...NONE, CHROMEDRIVER: browser.chromedriver };
}

/** `browser` is what `setUp` returns for Firefox. geckodriver finds Firefox by itself, except one that the user names. */
export function inFirefox(browser) {
  const binary = process.env.FIREFOX ? { GECKODRIVER_ARGS: `--binary ${JSON.stringify(browser.firefox)}` } : {};
  return { ...NONE, GECKODRIVER: browser.geckodriver, ...binary };
}
