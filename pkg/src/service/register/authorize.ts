import { Deadline } from "../../handler/deadline.js";
import type { Accounts } from "./accounts.js";
import type { RegisterView } from "./register.js";
import { accountOfToken, sha256, toHex } from "./tokens.js";

/** How long a register may take, in milliseconds. */
const ASK_MS = 10_000;

/** An account whose token a request has. */
export interface Authorized {
  account: string;
  view: RegisterView;
}

/** The account that a token opens; `null` if the token opens none. Throws if the register can't be asked. */
export async function authorize(token: string, accounts: Accounts, nowMs: number): Promise<Authorized | null> {
  const account = accountOfToken(token);
  if (account === null) return null;
  const hash = toHex(await sha256(token));
  const deadline = new Deadline(ASK_MS);
  try {
    const view = await accounts.view(account, deadline);
    if (view === null) return null;
    if (opens(view, hash, nowMs)) return { account, view };
    const newer = await accounts.newer(account, deadline);
    return newer && opens(newer, hash, nowMs) ? { account, view: newer } : null;
  } finally {
    deadline.end();
  }
}

/** Hashes of random texts may be compared in any time: where they differ says nothing about a token. */
function opens({ tokens }: RegisterView, hash: string, nowMs: number): boolean {
  return tokens.some((token) => token.hash === hash && (token.expiresMs === null || token.expiresMs > nowMs));
}
