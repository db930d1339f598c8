// The token that the endpoints demand.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import process from "node:process";
import { wrongUsage } from "../failure.js";

/** The environment variable with a token of the user. */
export const VARIABLE = "USAGE_BY_AGENT_SERVE_TOKEN";

/** How many random bytes a new token has. */
const RANDOM_BYTES = 32;

/** A token. */
export interface Token {
  /** Characters of ASCII that need no quotes in a shell's single quotes. */
  text: string;
  /** Whether the user chose it. Such a token is not printed, because it may be used for longer than this process runs. */
  isOwn: boolean;
}

/**
 * The token of the environment, or else a new one.
 *
 * @throws {Failure} for a token that can't be sent, or that is too short. The message does not contain it.
 */
export function tokenOfEnvironment(): Token {
  const text = ofEnvironment();
  if (text === undefined || text === "") return { text: randomBytes(RANDOM_BYTES).toString("base64url"), isOwn: false };
  if (/^[\w.~+/=-]{16,4096}$/.test(text)) return { text, isOwn: true };
  throw wrongUsage(`${VARIABLE} can't be used: wanted 16 to 4096 letters, digits and characters of -._~+/=`);
}

function ofEnvironment(): string | undefined {
  try {
    return process.env[VARIABLE];
  } catch {
    return undefined; // Deno does not permit reading it
  }
}

/** Makes a function that says whether a token is the right one. The time that it takes does not depend on how much of it is right. */
export function accepts({ text }: Token): (given: string) => boolean {
  const hash = (token: string) => createHash("sha256").update(token).digest();
  const wanted = hash(text);
  return (given) => timingSafeEqual(hash(given), wanted);
}
