import type { Account, UsageQuery } from "usage-by-agent";
import { createUsageHandler, type UsageHandlerOptions } from "usage-by-agent/handler";
import { checkKeys, keys } from "../../bridge/known-keys.js";
import { isOptions } from "../../bridge/values.js";
import { invalidOption } from "../../handler/invalid-option.js";
import { atPath, type Checked, checkQuery, forwardOption, type ServiceQuery, shardsOption } from "../options.js";

/** The settings of an account, as `PUT /v1/admin/accounts/{account}` takes them. What is absent has the default of the service. */
export interface AccountSettings extends ServiceQuery {
  /** The number of shards: a power of two, 1 to 64. It can't be changed later. */
  shards?: number;
  /** The URL of the account's own endpoint, which gets each delivery; `false` for none, also where the service has one for all accounts. */
  forward?: string | false;
  /** What records do not contain: the plan, the counts of phone numbers and so on. */
  account?: Account;
  /** The agents' names: a list, or a page of `GET /v1/agents`. */
  agents?: UsageQuery["agents"];
}

const SETTINGS = keys("shards forward tz weekStart boundsAs account agents");

/**
 * Checks the settings of an account.
 *
 * @throws {UsageError} `invalid_option`, `invalid_tz`, at the place of the wrong setting
 */
export function checkSettings(given: unknown, { allowHttp }: Checked): AccountSettings {
  if (!isOptions(given)) throw invalidOption("", "the settings must be an object");
  checkKeys(given, SETTINGS);
  const { shards, forward, account, agents, ...query } = given as AccountSettings;
  checkQuery(query);
  const settings: AccountSettings = { ...query };
  if (shards !== undefined) settings.shards = shardsOption(shards, 1);
  if (forward !== undefined) settings.forward = forward === false ? false : forwardOption(forward, allowHttp);
  checkByHandler({ ...(account !== undefined && { account }), ...(agents !== undefined && { query: { agents } }) });
  if (account !== undefined) settings.account = account;
  if (agents !== undefined) settings.agents = agents;
  return settings;
}

/** Has the handler check what it is going to compute the answers with. */
function checkByHandler(options: Pick<UsageHandlerOptions, "account" | "query">): void {
  const source = { rollup: () => Promise.reject(new Error("no rollup")), authorize: () => false };
  atPath(
    (path) => path.replace(/^\/query/, ""),
    () => createUsageHandler({ ...options, ...source }),
  );
}
