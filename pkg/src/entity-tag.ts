import { once, requireModule } from "./bridge/module.js";
import { typeName, uint8ArrayOf } from "./bridge/values.js";
import { UsageError } from "./errors.js";

const utf8 = new TextEncoder();

/**
 * A strong entity tag (RFC 9110 § 8.8.3) for the body of a response: equal bytes have equal tags in every isolate and runtime.
 * Different bodies have equal tags with a chance of 1 in 2^128. The tag is a hash without a key, so somebody can make two bodies
 * with equal tags on purpose. SHA-256 would take several times as long.
 *
 * @param body the bytes of the body, or its text, which counts as UTF-8
 * @returns the tag in its quotes, as the header `ETag` contains it
 * @throws {UsageError} `invalid_option` for a body that is neither, or whose bytes are detached; `not_initialised`
 *
 * @example
 * ```ts
 * const body = JSON.stringify(usageByAgent([], { period: "month", now: "2024-06-15T12:00:00Z" }));
 * new Response(body, { headers: { ETag: entityTag(body) } });
 * ```
 */
export function entityTag(body: string | Uint8Array): string {
  requireModule();
  const bytes = typeof body === "string" ? utf8.encode(body) : uint8ArrayOf(body);
  if (bytes === undefined) {
    throw new UsageError("invalid_option", `the body is ${typeName(body)}: wanted text or a Uint8Array`, { path: "" });
  }
  const hash = once((glue) => glue.contentHash(bytes));
  return `"${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}
