// Sends deliveries, as the vendor does, and measures.

import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { ADMIN_TOKEN } from "../../tests/workerd/service-support.mjs";

/**
 * Sends requests, some of them at once. Returns the seconds for all of them, the milliseconds for each, and how many
 * connections ended without a response. */
export async function load(base, requests, atOnce) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const times = [];
  const left = requests.values();
  let lost = 0;
  const start = performance.now();
  const sender = async () => {
    for (const one of left) {
      const sent = performance.now();
      await send(base, one, agent, () => lost++);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sender));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return { seconds, times, lost };
}

/**
 * Sends one request, and again where the connection ends without a response, as the vendor does: workerd ends its connections when the
 * machine had no time for it for seconds. A response that is not a 200 is an error. Gives the text of the response.
 */
export async function send(base, one, agent, onLost = () => {}) {
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(base, one, agent);
    } catch (error) {
      if (error.code !== "ECONNRESET" || tries > 5) throw error;
      onLost();
    }
  }
}

function sendOnce(base, { path, method = "POST", headers, body }, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, base), { method, headers, agent }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode < 300) resolve(text);
        else reject(new Error(`the status is ${response.statusCode}: ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The seconds for which the threads of a process have had a core, if Linux reports them. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The memory of a process and its largest size so far, in bytes. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)[1]) * 1024;
  return { now: of("VmRSS"), most: of("VmHWM") };
}

/** Asks as the administrator of the service at an address. */
export function asAdmin(base) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return (method, path, body) =>
    send(base, { path: `/v1/admin/accounts/${path}`, method, headers, body: JSON.stringify(body) });
}
