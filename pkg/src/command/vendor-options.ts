// The options that name the vendor's API and the key for it.

import { open } from "node:fs/promises";
import process from "node:process";
import type { CollectOptions } from "usage-by-agent/collect";
import type { Arguments } from "./arguments.js";
import { type Failure, unreadable, unusable, wrongUsage } from "./failure.js";

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
    token: file === undefined ? tokenOfEnvironment() : await tokenOfFile(file),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(subAccountId !== undefined && { subAccountId }),
  };
}

function tokenOfEnvironment(): string {
  const wanted = `wanted your AgentPhone API key in the environment variable ${VARIABLE}, or in a file with --token-file FILE`;
  let value: string | undefined;
  try {
    value = process.env[VARIABLE];
  } catch {
    throw wrongUsage(
      `there is no API key: the runtime does not permit reading ${VARIABLE}; with Deno, give --allow-env`,
    );
  }
  if (value === undefined || value.trim() === "") throw wrongUsage(`there is no API key; ${wanted}`);
  return checked(value.trim(), VARIABLE, wrongUsage);
}

/** A longer file is not one of a key. In bytes. */
const LONGEST = 8192;

/** The name of the file is not in messages, because some users write the key in its place. */
async function tokenOfFile(path: string): Promise<string> {
  const name = "the file of --token-file";
  const buffer = new Uint8Array(LONGEST);
  let length = 0;
  try {
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, LONGEST - length);
        length += bytesRead;
        if (bytesRead === 0 || length === LONGEST) break;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(`${name} can't be read`, error);
  }
  return checked(new TextDecoder().decode(buffer.subarray(0, length)).trim(), name, unusable);
}

function checked(token: string, where: string, failure: (message: string) => Failure): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  const got = token === "" ? "is empty" : "has blanks, several lines or other characters than ASCII";
  throw failure(`${where} ${got}: wanted an AgentPhone API key alone, of at most 4096 characters`);
}
