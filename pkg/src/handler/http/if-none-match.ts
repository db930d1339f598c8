/**
 * Whether the header `If-None-Match` names a tag. It uses the weak comparison (RFC 9110 §13.1.2), because proxies that compress turn
 * strong tags into weak ones.
 */
export function matches(header: string | null, etag: string): boolean {
  const tags: string[] = header?.match(/"[^"]*"/g) ?? [];
  return header?.trim() === "*" || tags.includes(etag.replace(/^W\//, ""));
}
