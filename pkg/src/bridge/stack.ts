// Makes sure that a call has room on the stack.

/** How many arguments take a kilobyte of the stack. */
const ARGUMENTS = 128;

/** What the package's own code takes at most, in kilobytes. */
const USUAL = 12;

const usual = new Array<undefined>(USUAL * ARGUMENTS).fill(undefined);

/**
 * Throws the runtime's `RangeError` if the stack is nearly full. What reads a caller's values takes an error of a getter for a value
 * that can't be read. It must not meet the end of the stack by itself, or a record would be read as another one.
 *
 * @param kilobytes the room that is wanted. V8 ends the process if it has not enough to compile a regular expression, so code with
 *   regular expressions asks for more than it takes
 */
export function requireRoom(kilobytes = USUAL): void {
  const room = kilobytes === USUAL ? usual : new Array<undefined>(kilobytes * ARGUMENTS).fill(undefined);
  nothing.apply(undefined, room as []);
}

function nothing(): void {}
