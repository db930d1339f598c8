import { Deadline } from "../../handler/deadline.js";
import { toHex } from "../hexadecimal.js";
import type { Accounts } from "./accounts.js";
import type { RegisterView } from "./register.js";
import { accountOfToken, sha256 } from "./tokens.js";

/** How long a register may take, in milliseconds. */
const ASK_MS = 10_000;

/** An account whose token a request has. */
export interface Authorized {
  account: string;
  view: RegisterView;
  /** Whether the token may also add records and take them back. */
  writes: boolean;
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
    const known = tokenOf(view, hash, nowMs);
    if (known !== undefined) return { account, view, writes: known.writes };
    const newer = await accounts.newer(account, deadline);
    const found = newer ? tokenOf(newer, hash, nowMs) : undefined;
    return newer && found ? { account, view: newer, writes: found.writes } : null;
  } finally {
    deadline.end();
  }
}

/** Hashes of random texts may be compared in any time: where they differ says nothing about a token. */
function tokenOf({ tokens }: RegisterView, hash: string, nowMs: number): RegisterView["tokens"][number] | undefined {
  return tokens.find((token) => token.hash === hash && (token.expiresMs === null || token.expiresMs > nowMs));
}
