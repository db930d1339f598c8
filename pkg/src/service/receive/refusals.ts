import { type Answer, errorAnswer } from "../../handler/http/answer.js";

/** Why a delivery was refused. `GET /v1/ingest` counts the refusals by these names. */
export type Refusal =
  | "unsigned"
  | "bad_timestamp"
  | "too_old"
  | "too_new"
  | "too_large"
  | "incomplete"
  | "bad_signature"
  | "not_json"
  | "over_rate"
  | "unavailable";

interface Said {
  status: number;
  message: string;
  /** After how many seconds the vendor may try again. The vendor does not try again after a 4xx. */
  retryAfter?: number;
}

const SAID: Record<Refusal | "unknown_account", Said> = {
  unsigned: { status: 401, message: "The headers X-Webhook-Signature and X-Webhook-Timestamp are wanted." },
  bad_timestamp: {
    status: 400,
    message: "The header X-Webhook-Timestamp must be a whole number of seconds since 1970.",
  },
  too_old: { status: 400, message: "The header X-Webhook-Timestamp is older than the tolerance." },
  too_new: {
    status: 503,
    message: "The header X-Webhook-Timestamp is in the future: a clock is wrong.",
    retryAfter: 60,
  },
  too_large: { status: 413, message: "The delivery is longer than this service accepts." },
  incomplete: { status: 503, message: "The body did not arrive whole in time.", retryAfter: 5 },
  bad_signature: { status: 503, message: "No secret of the account has made this signature.", retryAfter: 60 },
  not_json: { status: 400, message: "The body must be the JSON text of an object." },
  over_rate: { status: 503, message: "The account has too many deliveries a second.", retryAfter: 1 },
  unavailable: { status: 503, message: "The delivery can't be stored now.", retryAfter: 5 },
  unknown_account: {
    status: 503,
    message: "There is no account of this name: wanted /v1/webhooks/agentphone/{account}.",
    retryAfter: 60,
  },
};

/** The answer to a refused delivery. A 4xx is for what will never be right, because the vendor does not try it again. */
export function refusal(reason: Refusal | "unknown_account"): Answer {
  const { status, message, retryAfter } = SAID[reason];
  const headers: Record<string, string> = {};
  if (retryAfter !== undefined) headers["retry-after"] = String(retryAfter);
  // A 401 must have a challenge (RFC 9110 §15.5.2).
  if (status === 401) headers["www-authenticate"] = "Signature";
  return errorAnswer(status, reason, message, { headers });
}
