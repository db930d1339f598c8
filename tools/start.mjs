// `npm start`: serves the service and its page on this machine, with sample records. `npm start -- records` serves the Worker over records
// in a bucket. `PORT` chooses another port, and `STATE_FOLDER` a folder in which the service keeps what it has counted.

import { createServer } from "node:net";
import { buildAll } from "./build/all.mjs";
import { BUILD, setUp } from "./setup/all.mjs";
import { fail, Missing } from "./setup/run.mjs";
import { startRecords } from "./start/records.mjs";
import { HOST } from "./start/server.mjs";
import { startService } from "./start/service.mjs";

const PORT = Number(process.env.PORT || 8787);
const MODES = {
  service: () => startService({ port: PORT, folder: process.env.STATE_FOLDER || undefined }),
  records: () => startRecords({ port: PORT }),
};

try {
  const [, , mode = "service"] = process.argv;
  if (!Object.hasOwn(MODES, mode)) throw new Missing("Usage: npm start -- [service|records]");
  await checkPort(); // first, because the build takes long
  await buildAll(await setUp(BUILD));
  const { greeting, stop } = await MODES[mode]();
  console.log(greeting);
  endOnSignal(stop);
} catch (error) {
  fail(error);
}

async function checkPort() {
  if (!(PORT > 0 && PORT < 65536))
    throw new Missing("PORT is not the number of a port. `PORT=8788 npm start` is right.");
  const probe = createServer();
  const problem = await new Promise((resolve) => {
    probe.once("error", (error) => resolve(error.code));
    probe.listen(PORT, HOST, () => resolve(undefined));
  });
  if (problem) {
    throw new Missing(`Port ${PORT} can't be used (${problem}). Run \`PORT=8788 npm start\`, or end what uses it.`);
  }
  await new Promise((resolve) => probe.close(resolve));
}

function endOnSignal(stop) {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await stop();
      process.exit(0);
    });
  }
}
