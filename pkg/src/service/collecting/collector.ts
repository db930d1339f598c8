import { UsageError } from "usage-by-agent";
import { collect, listDeliveries } from "usage-by-agent/collect";
import { Objects } from "../objects.js";
import type { DurableNamespace, DurableStorage } from "../platform.js";
import type { Changes } from "../register/changes.js";
import type { Register } from "../register/register.js";
import { StoredJson } from "../stored-json.js";
import type { Collecting } from "./collecting.js";
import { mapDeliveries } from "./deliveries.js";
import { type AuditNeeds, auditMonth, notifyOwner } from "./nightly-audit.js";
import { OwnShards, Removed } from "./own-shards.js";
import { Pages } from "./pages.js";
import type { CollectingSettings } from "./settings.js";

/** How long one step may take, in milliseconds. The platform ends an alarm after 15 minutes. */
const STEP_MS = 60_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is collected first, if the settings do not say it. */
const FIRST_MS = 35 * DAY_MS;

/** The settings that say whose records are collected, and from when on. */
const FROM = ["baseUrl", "subAccountId", "since"] as const;

/** After which time a month is audited again: once a day, whatever the hours of collecting are. */
const AUDIT_MS = 20 * HOUR_MS;

/** How much of the last window is collected again: calls that had not ended, and messages that came late. */
const OVERLAP_MS = 3 * DAY_MS;

/** The pause after a failure, in milliseconds. It doubles with each failure, up to an hour. */
const PAUSE_MS = 60_000;

/** Collects an account from the vendor, step by step, each in an alarm of the account's register. */
export class Collector {
  readonly #stored: StoredJson<Collecting>;
  readonly #register: Register;
  readonly #changes: Changes;
  readonly #env: Record<string, unknown>;

  constructor(storage: DurableStorage, register: Register, changes: Changes, env: unknown) {
    this.#stored = new StoredJson(storage, "collecting");
    this.#register = register;
    this.#changes = changes;
    this.#env = env as Record<string, unknown>;
  }

  /** Begins to collect, or goes on with other settings. Whether there is an account. */
  put(settings: CollectingSettings, account: string, binding: string): boolean {
    if (this.#register.view() === null) return false;
    const nowMs = Date.now();
    const earlier = this.#stored.read();
    const { audited = null } = earlier ?? {};
    // Of another account, or from another beginning, everything is collected again.
    const goesOn = FROM.every((name) => earlier?.settings[name] === settings[name]);
    const last = goesOn ? (earlier?.last ?? null) : null;
    const untried = { failure: null, mapFailure: null, auditFailure: null, failures: 0, nextMs: nowMs };
    const fresh = { run: null, counted: 0, last, audited, ...untried };
    this.#write({ settings, account, binding, ...fresh });
    return true;
  }

  /** Ends collecting. Whether there was any. */
  remove(): boolean {
    if (this.#stored.read() === null) return false;
    this.#stored.remove();
    this.#changes.note();
    return true;
  }

  /** How the account is collected; `null` if it is not. */
  get shown(): Omit<Collecting, "account" | "binding"> | null {
    const collecting = this.#stored.read();
    if (collecting === null) return null;
    const { account: _account, binding: _binding, ...shown } = collecting;
    const { token: _token, ...settings } = shown.settings;
    return { ...shown, settings: { ...settings, token: "" } };
  }

  /** When the next step is due, in epoch milliseconds; `null` if the account is not collected. */
  get nextMs(): number | null {
    return this.#stored.read()?.nextMs ?? null;
  }

  /** Does the next step, if it is due. */
  async step(): Promise<void> {
    const collecting = this.#stored.read();
    const nowMs = Date.now();
    if (collecting === null || collecting.nextMs > nowMs) return;
    const everyMs = (collecting.settings.everyHours ?? 6) * HOUR_MS;
    let after: Partial<Collecting>;
    try {
      const isDone = await this.#collect(collecting);
      after = { failure: null, failures: 0, nextMs: isDone ? nowMs + everyMs : nowMs + 1000 };
    } catch (error) {
      const { code, message } = error instanceof UsageError ? error : { code: "unavailable", message: "" };
      const isFinal = code === "unauthorized" || code === "forbidden" || error instanceof Removed;
      const failures = collecting.failures + 1;
      const pause = isFinal ? everyMs : Math.min(PAUSE_MS * 2 ** (failures - 1), HOUR_MS);
      after = { failure: { code, message }, failures, nextMs: nowMs + pause };
      // What can't be gone on with begins anew.
      if (error instanceof UsageError && error.path === "/resume") after.run = null;
    }
    const now = this.#stored.read();
    // The settings may have changed meanwhile. Then the next step is another one.
    if (now === null || JSON.stringify(now.settings) !== JSON.stringify(collecting.settings)) return;
    this.#write({ ...now, ...after });
  }

  /** Goes on with a collection for one step. Whether it has ended. */
  async #collect(collecting: Collecting): Promise<boolean> {
    const { settings, last } = collecting;
    const { token, baseUrl, subAccountId, since } = settings;
    const nowMs = Date.now();
    const firstMs = since === undefined ? nowMs - FIRST_MS : Date.parse(since);
    const begun = { startMs: last === null ? firstMs : last.endMs - OVERLAP_MS, endMs: nowMs, state: null };
    const run = collecting.run ?? begun;
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), STEP_MS);
    const shards = new OwnShards(this.#register, this.#objects(collecting), collecting.account);
    const pages = new Pages(shards, nowMs);
    let { counted } = collecting;
    const vendor = {
      token,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(subAccountId !== undefined && { subAccountId }),
    };
    const collection = collect({
      ...vendor,
      window: { startMs: run.startMs, endMs: run.endMs },
      ...(run.state !== null && { resume: run.state }),
      signal: ended.signal,
    });
    try {
      for await (const page of collection) {
        counted += await pages.add(page, collection);
        this.#save(collecting, { run: { ...run, state: collection.state() }, counted });
        if (ended.signal.aborted) return false;
      }
    } catch (error) {
      if (ended.signal.aborted && error instanceof UsageError && error.code === "aborted") {
        this.#save(collecting, { run: { ...run, state: collection.state() }, counted });
        return false;
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
    await this.#map(collecting, shards, vendor);
    const { complete, lists, shortfalls } = collection.completeness();
    const ofRecords = lists.filter(({ list }) => list === "messages" || list === "calls");
    const records = ofRecords.reduce((sum, { given }) => sum + given, 0);
    const missing = shortfalls.reduce((sum, { missing }) => sum + (missing ?? 0), 0);
    this.#save(collecting, { run: null, counted: 0, last: { endMs: run.endMs, complete, missing, records, counted } });
    await this.#audit(collecting, shards, { vendor, completeness: collection.completeness() });
    return true;
  }

  /** Gives messages their own ids that are known by their deliveries. A failure is noted, and does not hold collecting up. */
  async #map(collecting: Collecting, shards: OwnShards, vendor: AuditNeeds["vendor"]): Promise<void> {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), STEP_MS);
    try {
      await mapDeliveries(listDeliveries({ ...vendor, signal: ended.signal }), shards);
      this.#save(collecting, { mapFailure: null });
    } catch (error) {
      if (error instanceof Removed) throw error;
      const mapFailure = error instanceof UsageError ? error.message : "the deliveries could not be mapped";
      this.#save(collecting, { mapFailure });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Audits the current month, unless that was done today. A failure is noted, and does not end collecting. */
  async #audit(
    collecting: Collecting,
    shards: OwnShards,
    needs: Pick<AuditNeeds, "vendor" | "completeness">,
  ): Promise<void> {
    const { settings, account, audited } = collecting;
    const isDue = audited === null || Date.now() - Date.parse(audited.at) > AUDIT_MS;
    if (settings.audit === false || !isDue) return;
    const { tz, weekStart } = this.#register.entry()?.settings ?? {};
    const query = { ...(tz !== undefined && { tz }), ...(weekStart !== undefined && { weekStart }) };
    try {
      const found = await auditMonth(shards, { ...needs, query });
      const { notify } = settings;
      const notified = notify === undefined ? {} : { notified: await notifyOwner(notify, account, found) };
      this.#save(collecting, { audited: { ...found, ...notified }, auditFailure: null });
    } catch (error) {
      if (error instanceof Removed) throw error;
      const auditFailure = error instanceof UsageError ? error.message : "the audit failed";
      this.#save(collecting, { auditFailure });
    }
  }

  /** Writes how far a collection is, unless its settings have changed meanwhile. */
  #save({ settings }: Collecting, progress: Partial<Collecting>): void {
    const now = this.#stored.read();
    if (now === null || JSON.stringify(now.settings) !== JSON.stringify(settings)) throw new Removed();
    this.#write({ ...now, ...progress });
  }

  /** Writes how far collecting is. Records may have been added before it. */
  #write(collecting: Collecting): void {
    this.#stored.write(collecting);
    this.#changes.note();
  }

  #objects({ binding }: Collecting): Objects {
    return new Objects(this.#env[binding] as DurableNamespace);
  }
}
