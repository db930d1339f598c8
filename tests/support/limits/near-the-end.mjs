// Calls a function where the stack is nearly full.

/**
 * Calls a function so many frames before the end of the stack. Returns its result in `got`, or what it threw in `error`. The function
 * must have been called before: to compile it takes more of the stack than to call it.
 */
export function nearTheEnd(back, run, given) {
  const state = { back, run, given, hasRun: false, got: undefined, error: undefined };
  dive(state);
  if (!state.hasRun) throw new Error("the stack had no frame to go back to");
  return state;
}

/**
 * Fills the stack, goes back by some frames, and calls the function there. What a frame takes changes when the runtime compiles the
 * code, so a depth can't be a number of frames from the beginning.
 */
function dive(state) {
  try {
    dive(state);
  } catch {}
  if (state.hasRun || state.back-- > 0) return;
  state.hasRun = true;
  try {
    state.got = state.run(state.given);
  } catch (error) {
    state.error = error;
  }
}
