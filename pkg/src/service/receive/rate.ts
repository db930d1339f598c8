/** The most accounts whose rates are kept. */
const MOST = 10_000;

/** How many deliveries each account may store a second, and as many at once. */
export class Rate {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, { left: number; atMs: number }>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Whether an account may store one more delivery now. */
  allows(account: string): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    const now = this.#now();
    const known = this.#accounts.get(account) ?? { left: this.#perSecond, atMs: now };
    const refilled = known.left + (Math.max(0, now - known.atMs) / 1000) * this.#perSecond;
    const left = Math.min(this.#perSecond, refilled);
    if (this.#accounts.size >= MOST) this.#accounts.clear();
    this.#accounts.set(account, { left: left >= 1 ? left - 1 : left, atMs: now });
    return left >= 1;
  }
}
