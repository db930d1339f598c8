// Makes sure that a call has room on the stack.

/** A call with so many arguments takes 8 kB of the stack. What reads records and options takes less. */
const ROOM = new Array<undefined>(1000).fill(undefined);

/**
 * Throws the runtime's `RangeError` if the stack is nearly full. What reads a caller's values takes an error of a getter for a value
 * that can't be read. It must not meet the end of the stack by itself, or a record would be read as another one.
 */
export function requireRoom(): void {
  nothing.apply(undefined, ROOM as []);
}

function nothing(): void {}
