// Ways of counting wrongly: the causes that are made together.

import { areCompatible, type Mistake } from "./recount.js";
import type { CauseCode, Field } from "./types.js";
import { secondaryCauses, type Window } from "./windows.js";

/** Causes that are made together. Without any, it is the way of ours. */
export interface Way {
  /** The other period; `null` for the period of ours. */
  window: Window | null;
  mistakes: readonly Mistake[];
  /** Whether agents that theirs lacks are deleted. */
  isDeleted: boolean;
}

/** The most causes that are tried together without knowing one of them. */
export const MAX_TOGETHER = 3;

/**
 * The ways with so many causes, the likeliest first. A deletion comes first, because theirs shows which agents it lacks. A window with
 * mistakes is likelier than mistakes alone.
 *
 * @param mistakes the mistakes that change something, the likeliest first
 * @param window the window that explains something or that theirs states
 */
export function waysOf(mistakes: readonly Mistake[], window: Window | null, together: number): Way[] {
  const few = together === 2 ? mistakes : withoutRare(mistakes);
  const ways = (window: Window | null, isDeleted: boolean): Way[] => {
    const left = together - Number(window !== null) - Number(isDeleted);
    return groupsOf(few, left).map((mistakes) => ({ window, mistakes, isDeleted }));
  };
  const inWindow = (isDeleted: boolean) => (window === null ? [] : ways(window, isDeleted));
  return [...inWindow(true), ...ways(null, true), ...inWindow(false), ...ways(null, false)];
}

/** The mistakes without those of single statuses, which are seldom made together with two others. */
function withoutRare(mistakes: readonly Mistake[]): Mistake[] {
  const variants = mistakes.filter(({ isVariant }) => isVariant);
  return mistakes.filter((mistake) => !variants.slice(1).includes(mistake));
}

/** The ways of another column, each with so many further mistakes, which change only this column. */
export function extensionsOf(ways: readonly Way[], mistakes: readonly Mistake[], further: number): Way[] {
  const groups = groupsOf(mistakes, further);
  return ways.flatMap((way) => groups.map((group) => ({ ...way, mistakes: [...way.mistakes, ...group] })));
}

/** Every group of so many mistakes that can be made together. */
function groupsOf(mistakes: readonly Mistake[], count: number): Mistake[][] {
  if (count === 0) return [[]];
  return mistakes.flatMap((first, n) => {
    const others = mistakes.slice(n + 1).filter((other) => areCompatible(first, other));
    return groupsOf(others, count - 1).map((group) => [first, ...group]);
  });
}

/** Whether a way can change a column. */
export function mayExplain({ mistakes }: Way, field: Field): boolean {
  return mistakes.every(({ fields }) => fields.includes(field));
}

/** The codes of the causes of a way, that of the period first. */
export function codesOf({ window, mistakes, isDeleted }: Way, own: Window): CauseCode[] {
  return [
    ...(window === null ? [] : [window.code, ...secondaryCauses(own, window)]),
    ...mistakes.map(({ code }) => code),
    ...(isDeleted ? (["agent_deleted"] as const) : []),
  ];
}
