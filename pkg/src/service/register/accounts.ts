import type { Deadline } from "../../handler/deadline.js";
import type { WantedArchive } from "../archive/archiver.js";
import type { Objects } from "../objects.js";
import type { RegisterView } from "./register.js";

/** How old a view may be before it is asked for again, in milliseconds. */
const FRESH_MS = 30_000;

/** How old a view may be that is used while another request asks for it, in milliseconds. */
const USABLE_MS = 50_000;

/** The shortest time between two questions about one account, in milliseconds. */
const PAUSE_MS = 1000;

/** The most accounts whose views are kept. */
const MOST = 1000;

/** What is known about an account. It is made of plain values, which other requests can use. */
interface Known {
  view: RegisterView | null;
  /** When the register gave the view. */
  seenMs: number;
  /** When the register was last asked. */
  askedMs: number;
}

/** What the Worker knows of accounts, from their registers. A change is known everywhere within a minute. */
export class Accounts {
  readonly #objects: Objects;
  readonly #archive: Omit<WantedArchive, "account"> | null;
  readonly #now: () => number;
  /** In the order of their last views. */
  readonly #known = new Map<string, Known>();

  /** @param archive where accounts are archived, and the binding of the class; `null` if they are not */
  constructor(objects: Objects, archive: Omit<WantedArchive, "account"> | null, now: () => number) {
    this.#objects = objects;
    this.#archive = archive;
    this.#now = now;
  }

  /** The view of an account; `null` if there is no account. Throws if the register can't be asked. */
  async view(account: string, deadline: Deadline): Promise<RegisterView | null> {
    const kept = this.kept(account);
    return kept === undefined ? this.#ask(account, deadline) : kept;
  }

  /** The view of an account, if it is so young that the register need not be asked; else `undefined`. */
  kept(account: string): RegisterView | null | undefined {
    const known = this.#known.get(account);
    if (known === undefined) return;
    const now = this.#now();
    const age = now - known.seenMs;
    const isBeingAsked = now - known.askedMs < PAUSE_MS;
    const isFresh = age < (known.view === null ? PAUSE_MS : FRESH_MS); // an account may be made any moment
    return isFresh || (age < USABLE_MS && isBeingAsked) ? known.view : undefined;
  }

  /** The view after a secret or a token did not match: a new one, if the register was not asked within a second; else `undefined`. */
  async newer(account: string, deadline: Deadline): Promise<RegisterView | null | undefined> {
    const known = this.#known.get(account);
    if (known !== undefined && this.#now() - known.askedMs < PAUSE_MS) return undefined;
    return this.#ask(account, deadline);
  }

  /** The last view, however old. */
  last(account: string): RegisterView | null | undefined {
    return this.#known.get(account)?.view;
  }

  /** Where an account is to be archived; `null` if it is not. */
  wantedArchive(account: string): WantedArchive | null {
    return this.#archive && { ...this.#archive, account };
  }

  /** Takes a view that the register gave with something else. */
  take(account: string, view: RegisterView | null, seenMs: number): void {
    const askedMs = this.#known.get(account)?.askedMs ?? Number.NEGATIVE_INFINITY;
    this.#keep(account, { view, seenMs, askedMs });
  }

  /** Forgets an account whose register has changed. */
  forget(account: string): void {
    this.#known.delete(account);
  }

  async #ask(account: string, deadline: Deadline): Promise<RegisterView | null> {
    const known = this.#known.get(account);
    if (known !== undefined) known.askedMs = this.#now();
    const askedMs = this.#now();
    const view = await this.#objects.register(account, deadline, (object) =>
      object.registerView(this.wantedArchive(account)),
    );
    this.#keep(account, { view, seenMs: askedMs, askedMs });
    return view;
  }

  #keep(account: string, known: Known): void {
    this.#known.delete(account);
    this.#known.set(account, known);
    if (this.#known.size > MOST) this.#known.delete(this.#leastUseful());
  }

  /** A name without an account, of which anybody can think up many, or else the oldest view. */
  #leastUseful(): string {
    const [oldest = ""] = this.#known.keys();
    for (const [name, { view }] of this.#known) if (view === null) return name;
    return oldest;
  }
}
