/**
 * Calls a function of the owner that only receives a value, such as `onError`. Its result is not awaited, and its errors are
 * ignored, so that it can't change a response.
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
