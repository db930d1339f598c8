// The options that name the vendor's API and the key for it.

import type { CollectOptions } from "usage-by-agent/collect";
import type { Arguments } from "./arguments.js";
import { keyOf } from "./key.js";

/** The environment variable with the API key. */
const VARIABLE = "AGENTPHONE_API_KEY";

/** The options. There is none for the key itself, because everyone on the machine can read the arguments of a process. */
export const VENDOR_OPTIONS = {
  "token-file": {
    value: "FILE",
    meant: ["token", "apikey", "key", "auth", "bearer"],
    help: `A file with the API key, which is read instead of the environment variable ${VARIABLE}.`,
  },
  "base-url": {
    value: "URL",
    meant: ["url", "api", "host", "server", "upstream"],
    help: "The API's address, if it is not https://api.agentphone.ai, for example of your own Worker.",
  },
  "sub-account-id": {
    value: "ID",
    meant: ["subaccount", "account"],
    help: "The sub-account to ask for. Default: the account of the API key.",
  },
} as const;

/** Where to ask, and with which key. */
export type Vendor = Pick<CollectOptions, "token" | "baseUrl" | "subAccountId">;

/**
 * The vendor that the options name. No message contains the key, or a value that may be one.
 *
 * @throws {Failure} without a key, or with one that can't be sent
 */
export async function vendorOf(given: Arguments<typeof VENDOR_OPTIONS>["options"]): Promise<Vendor> {
  const file = given["token-file"];
  const baseUrl = given["base-url"];
  const subAccountId = given["sub-account-id"];
  return {
    token: await keyOf({ variable: VARIABLE, file, option: "--token-file", what: "your AgentPhone API key" }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(subAccountId !== undefined && { subAccountId }),
  };
}
