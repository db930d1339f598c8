// The output of suites that run at once. That of the suite that started first is shown as it comes. The others' is kept until the suites
// before them have ended, so that lines of two suites never mix.

import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage();

/** The outputs of the suites that are not shown whole, in the order in which they started. */
const outputs = [];

/** Shows what a suite says, or keeps it. `stream` is the name of the stream. */
export function say(data, stream = "stdout") {
  const output = current.getStore();
  if (output === undefined || output === outputs[0]) process[stream].write(data);
  else output.kept.push([data, stream]);
}

/** Runs `work`. What it says is one piece of the output. */
export async function asOnePiece(work) {
  const output = { kept: [], hasEnded: false };
  outputs.push(output);
  try {
    return await current.run(output, work);
  } finally {
    output.hasEnded = true;
    while (outputs[0]?.hasEnded) {
      outputs.shift();
      showKept();
    }
  }
}

/** Shows what the first suite has said while others were before it. */
function showKept() {
  for (const [data, stream] of outputs[0]?.kept.splice(0) ?? []) process[stream].write(data);
}
