// The threads of Node that count parts of a file.

import type { Worker } from "node:worker_threads";
import { Team, type Thread } from "../../parts/team.js";
import type { Work } from "./task.js";

/** Starts threads for a file. Where the runtime refuses, the team has fewer of them, or none. */
export async function startTeam(count: number, work: Work): Promise<Team> {
  const script = new URL("./command-worker.js", import.meta.url);
  // Imported here, because only long files need it. Some runtimes do not have it.
  const threads = await import("node:worker_threads").catch(() => undefined);
  return new Team(count, () => {
    if (threads === undefined) throw new Error("the runtime has no threads");
    return thread(new threads.Worker(script, { workerData: work }));
  });
}

function thread(worker: Worker): Thread {
  return {
    send: (task) => worker.postMessage(task),
    listen(answered, gone) {
      worker.on("message", answered);
      for (const event of ["messageerror", "error", "exit"]) worker.on(event, gone);
    },
    end: () => void worker.terminate(),
  };
}
