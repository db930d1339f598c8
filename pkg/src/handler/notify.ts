/**
 * Calls an owner's function that only looks on, such as `onError`. Its result is not awaited, and what it throws is ignored: it must
 * not change an answer.
 */
export function notify<T>(
  listener: ((value: T, request: Request) => unknown) | undefined,
  value: T,
  request: Request,
): void {
  if (listener === undefined) return;
  // The async function turns an error that is thrown at once into a rejection too.
  (async () => listener(value, request))().catch(() => {});
}
