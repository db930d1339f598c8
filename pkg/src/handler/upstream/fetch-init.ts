/**
 * Redirects are not followed, because they would send the token to another server. `cache: "no-store"` keeps one caller's report
 * out of a cache that another caller may read. Workers with a compatibility date before 2024-11-11 do not have `cache` and throw.
 */
export function fetchInit(): RequestInit {
  const init: RequestInit = { redirect: "manual" };
  try {
    new Request("https://upstream.invalid/", { cache: "no-store" });
    return { ...init, cache: "no-store" };
  } catch {
    return init;
  }
}
