/**
 * Whether `token` is one of `accepted`, in a time that tells nothing about them. Hashes are compared, not tokens: they are
 * equally long whatever was sent, and every one is compared, whether or not an earlier one was equal.
 */
export async function isAccepted(token: string, accepted: readonly string[]): Promise<boolean> {
  const given = await sha256(token);
  let found = false;
  for (const one of accepted) {
    const equal = equalBytes(given, await sha256(one));
    found = found || equal;
  }
  return found;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Of two equally long arrays. `timingSafeEqual` is workerd's own; other runtimes get the loop. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (typeof crypto.subtle.timingSafeEqual === "function") return crypto.subtle.timingSafeEqual(a, b);
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}
