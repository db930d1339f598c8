// What bounds the memory of the module's instances.

import { UsageError } from "../errors.js";
import { integerOption } from "./integer.js";
import { checkKeys, keys } from "./known-keys.js";
import { checked } from "./options.js";

/** The limits of the module's memory, in bytes. There are two instances at most: one for counts that are kept, one for all else. */
export interface ModuleLimits {
  /**
   * The most memory that an instance may have. A call that needs more ends with `out_of_memory`. 4,194,304 (4 MiB) to 4,294,967,296
   * (4 GiB); default 4 GiB, which WebAssembly can't exceed.
   */
  maxModuleBytes?: number | undefined;
  /**
   * The most memory that an instance keeps while no count lives in it. An instance that has grown beyond it is replaced, which gives
   * its memory back: WebAssembly can't shrink a memory. 0 to 4,294,967,296; default 16,777,216 (16 MiB).
   */
  maxIdleBytes?: number | undefined;
}

const MIB = 1 << 20;

/** The present limits. */
export const limits = { maxModuleBytes: 4096 * MIB, maxIdleBytes: 16 * MIB };

const KEYS = keys("maxModuleBytes maxIdleBytes");

/**
 * Sets the limits of the module's memory, for all calls from now on. It need not be loaded. A limit that is absent stays as it is.
 *
 * @throws {UsageError} `invalid_option` at `/maxModuleBytes` or `/maxIdleBytes` for a number that is not an integer in its range
 *
 * @example
 * ```ts
 * configure({ maxModuleBytes: 48 * 1024 * 1024 }); // two instances of 48 MiB fit into an isolate of 128 MB
 * ```
 */
export function configure(options: ModuleLimits): void {
  checkKeys(checked(options, "the limits", "{maxModuleBytes, maxIdleBytes}"), KEYS);
  const read = (name: keyof ModuleLimits, least: number) =>
    integerOption(
      name,
      options[name],
      { ifAbsent: limits[name], least, most: 4096 * MIB },
      (message) => new UsageError("invalid_option", message, { path: `/${name}` }),
    );
  const maxModuleBytes = read("maxModuleBytes", 4 * MIB);
  const maxIdleBytes = read("maxIdleBytes", 0);
  Object.assign(limits, { maxModuleBytes, maxIdleBytes }); // both or none
}
