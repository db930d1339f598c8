// Time that a test sets, and requests that end without a word, as those of Workers do.

import { AsyncLocalStorage } from "node:async_hooks";
import { mock } from "node:test";

/** The request in which code runs, if the test runs it with {@link mortal}. */
const requests = new AsyncLocalStorage();

/** Lets everything run that needs no time. */
export async function settled() {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Stops the clock and all timers, until the returned function is called. */
export function stopClock(now = Date.UTC(2024, 5, 15, 12)) {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now });
  const { setTimeout: timeout, setInterval: interval } = globalThis;
  const inRequest =
    (start) =>
    (call, ...rest) => {
      const request = requests.getStore();
      return start((...given) => request?.isDead || call(...given), ...rest);
    };
  globalThis.setTimeout = inRequest(timeout);
  globalThis.setInterval = inRequest(interval);
  return () => mock.timers.reset();
}

/** Lets time pass, in steps of some milliseconds, and whatever happens meanwhile. */
export async function pass(milliseconds, step = 1) {
  await settled();
  for (let passed = 0; passed < milliseconds; passed += step) {
    mock.timers.tick(Math.min(step, milliseconds - passed));
    await settled();
  }
}

/** Runs a request that can die: its timers then do nothing any more. */
export function mortal(run) {
  const request = { isDead: false };
  const answer = requests.run(request, run);
  return {
    answer,
    die() {
      request.isDead = true;
    },
  };
}

/** A promise that the test settles. */
export function later() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return Object.assign(promise, settle);
}
