/** What the name of an account looks like. */
const ACCOUNT = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Whether an account can have this name: 1 to 64 of `a` to `z`, `0` to `9`, `_` and `-`, and not `_` or `-` at the beginning. */
export function isAccountName(name: string): boolean {
  return ACCOUNT.test(name);
}

/** The name of the object that is a shard of an account. */
export function shardName(account: string, shard: number): string {
  return `shard:${account}:${shard}`;
}

/** The name of the object that is the register of an account. */
export function registerName(account: string): string {
  return `account:${account}`;
}

/**
 * The shard of a record.
 *
 * @param bits the first byte of its key, 0 to 63
 */
export function shardOf(bits: number | undefined, shards: number): number {
  return (bits ?? 0) >> (6 - Math.log2(shards));
}
