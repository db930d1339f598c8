/** How many bytes the key of a record without an id has. No id has a key of this length. */
const LENGTH = 16;

/**
 * The key of a record without an id: the number of the record among those of its upload. So an upload that is sent again counts nothing
 * twice.
 */
export async function keyOfUpload(upload: string, index: number): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`${upload}\n${index}`);
  const key = new Uint8Array(await crypto.subtle.digest("SHA-256", text)).slice(0, LENGTH);
  key[0] = (key[0] ?? 0) & 63; // as the first byte of the key of an id
  return key;
}
