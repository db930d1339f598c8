// A service of usage-by-agent that keeps records, seen from the command.

import { isLoopback } from "../../bridge/base-url.js";
import { retryDelay, worthRetrying } from "../../handler/upstream/retry.js";
import { isBackfillName, NAME_IN_WORDS } from "../../service/backfill/name.js";
import { EXIT, Failure, unusable, wrongUsage } from "../failure.js";
import { keyOf } from "../key.js";

/** The environment variable with the service's token. */
const VARIABLE = "USAGE_SERVICE_TOKEN";

/** The options of a service. There is none for the token itself, because everyone on the machine can read the arguments of a process. */
export const SERVICE_OPTIONS = {
  "service-token-file": {
    value: "FILE",
    meant: ["service-token", "usage-token"],
    help: `A file with the service's token, which is read instead of the environment variable ${VARIABLE}.`,
  },
  backfill: {
    value: "NAME",
    meant: ["batch", "name"],
    help: "The name under which the service can take these records back. Default: collect.",
  },
} as const;

/** How long one upload may take with all its attempts, in milliseconds. */
const UPLOAD_MS = 300_000;

/** How long one attempt may take, in milliseconds. */
const ATTEMPT_MS = 120_000;

/** What the service says of an upload. */
export interface Uploaded {
  counted: number;
  duplicates: number;
  notCounted: number;
  invalid: number;
}

/** A service and the token for it. */
export class Service {
  readonly #url: URL;
  readonly #token: string;

  private constructor(url: URL, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * The service that the options name.
   *
   * @throws {Failure} without a token, for a URL that can't be one of a service, and for a name that can't be one of a backfill
   */
  static async of(out: string, backfill: string, tokenFile: string | undefined): Promise<Service> {
    const url = URL.canParse(out) ? new URL(out) : undefined;
    // The URL is not quoted, because some users write the token into it.
    if (
      url === undefined ||
      !/^https?:$/.test(url.protocol) ||
      url.username ||
      url.password ||
      url.search ||
      url.hash
    ) {
      throw wrongUsage(
        "--out is not the URL of a service; wanted https:// and the host, without a user, a query or a fragment",
      );
    }
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
      throw wrongUsage("--out is http, which shows the token to the network; wanted https");
    }
    if (!isBackfillName(backfill)) {
      throw wrongUsage(`--backfill can't be the name of a backfill; wanted ${NAME_IN_WORDS}`);
    }
    const token = await keyOf({
      variable: VARIABLE,
      file: tokenFile,
      option: "--service-token-file",
      what: "the service's token",
    });
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/records`;
    url.searchParams.set("backfill", backfill);
    return new Service(url, token);
  }

  /**
   * Adds records, and tries again while that may help.
   *
   * @param body the records as newline-delimited JSON
   * @param signal ends the upload
   * @throws {Failure} if the service can't be reached, or refuses them
   */
  async add(body: string, signal: AbortSignal): Promise<Uploaded> {
    const end = Date.now() + UPLOAD_MS;
    for (let tried = 1; ; tried++) {
      const attempt = await this.#attempt(body, signal);
      if ("uploaded" in attempt) return attempt.uploaded;
      const delay = attempt.again ? retryDelay(tried, end - Date.now(), attempt.retryAfter) : null;
      if (delay === null || signal.aborted) throw attempt.failure;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }

  async #attempt(body: string, signal: AbortSignal): Promise<Attempt> {
    const unreached = { again: true, retryAfter: null };
    let response: Response;
    try {
      response = await fetch(this.#url, {
        method: "POST",
        headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/x-ndjson" },
        body,
        redirect: "manual", // the token goes nowhere else
        signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
      });
    } catch {
      const failure = new Failure(
        EXIT.unreadable,
        "the service of --out does not answer; check the network and the URL",
      );
      return { ...unreached, failure };
    }
    const text = await response.text().catch(() => "");
    if (response.status === 200) {
      const uploaded = uploadedOf(text);
      if (uploaded !== undefined) return { uploaded };
      const failure = unusable(
        "the answer of --out is not that of a service; wanted the URL of a service of usage-by-agent",
      );
      return { again: false, retryAfter: null, failure };
    }
    return {
      again: worthRetrying(response.status),
      retryAfter: response.headers.get("retry-after"),
      failure: failureOf(response.status, text),
    };
  }
}

type Attempt = { uploaded: Uploaded } | { again: boolean; retryAfter: string | null; failure: Failure };

function uploadedOf(text: string): Uploaded | undefined {
  const value = parsed(text) as Partial<Uploaded> | null;
  const { counted, duplicates, notCounted, invalid } = value ?? {};
  const all = { counted, duplicates, notCounted, invalid };
  return Object.values(all).every((count) => Number.isSafeInteger(count)) ? (all as Uploaded) : undefined;
}

/** What a user of the command has to do, by the code of the service's error. */
const ADVICE: Record<string, string> = {
  invalid_token: `check ${VARIABLE}, or the file of --service-token-file`,
  read_only: 'wanted a token that was made with {"access": "write"}',
  removed: "run the command again",
};

function failureOf(status: number, text: string): Failure {
  const { code, message } = (parsed(text) as { error?: { code?: unknown; message?: unknown } } | null)?.error ?? {};
  const said = typeof message === "string" ? message.replace(/\.$/, "") : `the status is ${status}`;
  const advice = ADVICE[String(code)] ?? (worthRetrying(status) ? "try again later" : "check the URL of --out");
  return new Failure(EXIT.unreadable, `the service of --out refuses the records: ${said}; ${advice}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
