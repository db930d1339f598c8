/** What the name of a backfill looks like. */
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** What the name looks like, in words. */
export const NAME_IN_WORDS = "1 to 64 of a to z, 0 to 9, _, . and -, with a letter or digit at the beginning";

/** Whether a backfill can have this name. */
export const isBackfillName = (name: string): boolean => NAME.test(name);
