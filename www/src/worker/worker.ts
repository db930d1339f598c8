/** The worker that counts and answers, so that the page never waits. Only the worker loads the package. */
import { init } from "usage-by-agent";
import type { FromWorker, Order, Question, ToWorker } from "../usage/messages.js";
import type { Failure } from "../usage/usage.js";
import { calendarAnswer, countedAnswer } from "./answers.js";
import { collected, stopCollecting } from "./collecting.js";
import { Counts } from "./counts.js";
import { toFailure } from "./failure.js";
import { givenAnswer } from "./given-answers.js";
import { beginPartWorker, PART_WORKER } from "./parts.js";

const send = (message: FromWorker, moved: Transferable[] = []) => self.postMessage(message, { transfer: moved });

/** Where the module is a file of its own, it has to be fetched first. */
const loaded = init();
/** The counts; a server has them itself, and without the module there are none. */
let counts: Counts | undefined;
let notLoaded: Failure | undefined;

if (!SERVED && self.name === PART_WORKER) beginPartWorker(loaded);
else begin();

function begin(): void {
  /** Messages are taken in order, also those that came while the module was loaded. */
  let last: Promise<void> = loaded.then(
    () => {
      if (!SERVED) counts = new Counts((state) => send({ kind: "state", state }));
    },
    (error) => {
      notLoaded = toFailure(error, "records");
    },
  );
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    last = last.then(() => take(data)).catch(reportError);
  };
}

async function take(message: ToWorker): Promise<void> {
  if (message.kind === "ask") return answer(message);
  if (SERVED) return;
  if (message.kind === "order") obey(message.order);
  else if (message.kind === "collect")
    void collect(message); // it takes long, and questions do not wait for it
  else stopCollecting();
}

async function answer({ id, question }: Extract<ToWorker, { kind: "ask" }>): Promise<void> {
  try {
    await loaded;
    const answer = calendarAnswer(question) ?? (await givenAnswer(question)) ?? countedIn(question) ?? null;
    send({ kind: "answer", id, answer }, buffersOf(answer));
  } catch (error) {
    const failure = toFailure(error, "period");
    send({ kind: "refusal", id, failure });
    counts?.recover(failure);
  }
}

async function collect({ id, asked }: Extract<ToWorker, { kind: "collect" }>): Promise<void> {
  const answer = await collected(asked, (progress) => send({ kind: "collecting", id, progress }));
  send({ kind: "answer", id, answer });
}

const countedIn = (question: Question) => (counts === undefined ? undefined : countedAnswer(question, counts));

function obey(order: Order): void {
  if (notLoaded !== undefined) send({ kind: "state", state: { kind: "failed", sources: [], failure: notLoaded } });
  if (order.kind === "begin") counts?.begin(order.reading, order.files);
  else if (order.kind === "add") counts?.add(order.files);
  else if (order.kind === "remove") counts?.remove(order.ids);
  else if (order.kind === "read") counts?.read(order.reading);
  else if (order.kind === "stop") counts?.stop();
  else counts?.resume();
}

/** The series of a breakdown share one buffer, which is moved and not copied. */
function buffersOf(answer: unknown): Transferable[] {
  const { rows } = (answer ?? {}) as { rows?: { series?: { messages: Float64Array<ArrayBuffer> } }[] };
  const buffer = rows?.[0]?.series?.messages.buffer;
  return buffer === undefined ? [] : [buffer];
}
