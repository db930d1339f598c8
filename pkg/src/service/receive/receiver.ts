import { Deadline } from "../../handler/deadline.js";
import { type Answer, errorAnswer } from "../../handler/http/answer.js";
import { notify } from "../../handler/notify.js";
import { readBounded } from "../../handler/upstream/read-bounded.js";
import { isAccountName } from "../names.js";
import type { Objects } from "../objects.js";
import type { Checked } from "../options.js";
import type { QueueBinding, ServiceContext } from "../platform.js";
import type { Accounts } from "../register/accounts.js";
import type { RegisterView } from "../register/register.js";
import { isVoiceTurn, parseBody } from "./delivery.js";
import { forward } from "./forward.js";
import { Gathered } from "./gathered.js";
import { Rate } from "./rate.js";
import { type Refusal, refusal } from "./refusals.js";
import { isSignedBy, readSigned, type Signed } from "./signature.js";
import { type Status, Storing } from "./storing.js";

/** How long the register may take, in milliseconds. A caller may be waiting for the answer to a voice turn. */
const VIEW_MS = 3000;

/** A delivery that has arrived. */
export interface Arrived {
  request: Request;
  /** The name of the account as the path has it. */
  account: string;
  context: ServiceContext;
  /** Whether it is passed on to the endpoint of the account. */
  forwards: boolean;
}

/** A delivery whose body has been read. */
interface Whole extends Arrived {
  body: Uint8Array<ArrayBuffer>;
  signed: Signed;
  /** The event; `null` if the body is not the JSON text of an object. */
  event: Record<string, unknown> | null;
}

/** Receives deliveries: checks them, stores what counts, and passes them on. */
export class Receiver {
  readonly #options: Checked;
  readonly #accounts: Accounts;
  readonly #gathered: Gathered;
  readonly #rate: Rate;
  readonly #storing: Storing;

  /** @param queue where what counts goes when many deliveries come at once */
  constructor(options: Checked, objects: Objects, accounts: Accounts, queue: QueueBinding | undefined) {
    this.#options = options;
    this.#accounts = accounts;
    this.#gathered = new Gathered(objects, options.now);
    this.#rate = new Rate(options.rate, options.now);
    this.#storing = new Storing(options, objects, this.#gathered, queue);
  }

  /** The response to a delivery, or the answer of which a response is made. */
  async receive(arrived: Arrived): Promise<Answer | Response> {
    const { request, account } = arrived;
    if (request.method !== "POST") {
      return errorAnswer(405, "method_not_allowed", "Use POST.", { headers: { allow: "POST" } });
    }
    const { maxDeliveryBytes, now, toleranceMs } = this.#options;
    const signed = readSigned(request.headers, now(), toleranceMs);
    if (typeof signed === "string") return this.#refuse(arrived, signed);
    if (Number(request.headers.get("content-length") ?? 0) > maxDeliveryBytes)
      return this.#refuse(arrived, "too_large");
    if (!isAccountName(account)) return refusal("unknown_account");
    try {
      return await this.#signed(arrived, signed);
    } finally {
      this.#gathered.flush(account, arrived.context);
    }
  }

  /** Reads a delivery that has signature headers, and checks its signature. */
  async #signed(arrived: Arrived, signed: Signed): Promise<Answer | Response> {
    const { account } = arrived;
    const kept = this.#accounts.kept(account); // nearly always, and then no timer is needed
    const asked = () => this.#view(arrived, (deadline) => this.#accounts.view(account, deadline));
    const found = kept === undefined ? await asked() : kept;
    if (found === null) return refusal("unknown_account");
    const body = await this.#read(arrived.request);
    if (typeof body === "string") return this.#refuse(arrived, body);
    const whole: Whole = { ...arrived, body, signed, event: parseBody(body) };
    if (found === "trouble") return this.#unchecked(whole);
    if (await isSignedBy(found.secrets, signed, body)) return this.#accepted(whole, found);
    const newer = await this.#view(arrived, (deadline) => this.#accounts.newer(account, deadline));
    if (newer === null) return refusal("unknown_account");
    if (newer === "trouble") return this.#unchecked(whole);
    const isSigned = newer !== undefined && (await isSignedBy(newer.secrets, signed, body));
    return isSigned ? this.#accepted(whole, newer) : this.#refuse(arrived, "bad_signature");
  }

  /** Asks for a view, and tells the owner if that fails. */
  async #view<T>({ request }: Arrived, ask: (deadline: Deadline) => Promise<T>): Promise<T | "trouble"> {
    const deadline = new Deadline(VIEW_MS);
    try {
      return await ask(deadline);
    } catch (error) {
      notify(this.#options.onError, error, request);
      return "trouble";
    } finally {
      deadline.end();
    }
  }

  /** A delivery whose signature can't be checked. A caller is waiting for the answer to a voice turn, and the endpoint checks it itself. */
  async #unchecked(whole: Whole): Promise<Answer | Response> {
    const url = this.#endpointOf(this.#accounts.last(whole.account));
    if (!whole.forwards || url === null || whole.event === null || !isVoiceTurn(whole.event)) {
      return this.#refuse(whole, "unavailable");
    }
    return this.#forward(whole, url);
  }

  /** A delivery that one of the account's secrets has signed. */
  async #accepted(whole: Whole, view: RegisterView): Promise<Answer | Response> {
    const { event, account, context } = whole;
    const url = whole.forwards ? this.#endpointOf(view) : null;
    if (event === null) {
      const refused = this.#refuse(whole, "not_json");
      return url === null ? refused : this.#forward(whole, url);
    }
    if (isVoiceTurn(event)) {
      const answer = url === null ? told("ignored") : this.#forward(whole, url);
      context.waitUntil(this.#count(whole, view)); // while the endpoint answers
      return answer;
    }
    if (!this.#rate.allows(account)) return this.#refuse(whole, "over_rate");
    const status = await this.#count(whole, view);
    if (status === "trouble") return this.#refuse(whole, "unavailable");
    if (status === null) {
      this.#accounts.forget(account);
      return refusal("unknown_account");
    }
    return url === null ? told(status) : this.#forward(whole, url);
  }

  /** The endpoint that gets the deliveries of an account; `null` if there is none. */
  #endpointOf(view: RegisterView | null | undefined): string | null {
    return (view?.forward ?? this.#options.forward) || null;
  }

  /** Makes durable what counts, and tells the owner if that fails. `null` if the account has been erased. */
  async #count(whole: Whole, view: RegisterView): Promise<Status | "trouble" | null> {
    try {
      return await this.#storing.store({ ...whole, view });
    } catch (error) {
      notify(this.#options.onError, error, whole.request);
      return "trouble";
    }
  }

  async #forward(whole: Whole, url: string): Promise<Answer | Response> {
    const { account, context, request, body } = whole;
    const forwarded = await forward(url, request, body, this.#options.forwardTimeoutMs);
    if ("response" in forwarded) {
      this.#gathered.add(account, { forwarded: 1 }, context);
      return forwarded.response;
    }
    this.#gathered.add(account, { forwardFailed: 1 }, context);
    return forwarded.answer;
  }

  async #read(request: Request): Promise<Uint8Array<ArrayBuffer> | "too_large" | "incomplete"> {
    const deadline = new Deadline(this.#options.readTimeoutMs, request.signal);
    try {
      return (await readBounded(request, { maxBytes: this.#options.maxDeliveryBytes, deadline })) ?? "too_large";
    } catch {
      return "incomplete";
    } finally {
      deadline.end();
    }
  }

  #refuse({ account, context }: Arrived, reason: Refusal): Answer {
    if (isAccountName(account) && this.#accounts.last(account) !== null) {
      const tally = { [`refused.${reason}`]: 1, lastRefusedMs: this.#options.now() };
      this.#gathered.add(account, tally, context);
    }
    return refusal(reason);
  }
}

function told(status: Status): Answer {
  return { status: 200, body: JSON.stringify({ status }) };
}
