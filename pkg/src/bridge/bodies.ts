// Recognises responses, requests, files and streams by their shape. `instanceof` would not recognise those of npm's undici, of a
// polyfill, of jsdom or of another realm.

import { isObject, property, typeName } from "./values.js";

const hasMethod = (value: unknown, name: PropertyKey) => typeof property(value, name) === "function";

/** Whether the value is a promise, or anything else that can be awaited. */
export function isThenable(value: unknown): boolean {
  return isObject(value) && hasMethod(value, "then");
}

/** Whether the value is a `Response` of any implementation. */
export function isResponse(value: unknown): value is Response {
  return isObject(value) && typeof property(value, "status") === "number" && hasMethod(value, "arrayBuffer");
}

/** Whether the value is a `Request` of any implementation. */
export function isRequest(value: unknown): value is Request {
  return isObject(value) && typeof property(value, "method") === "string" && hasMethod(value, "arrayBuffer");
}

/** Whether the value is a `Blob` or a `File` of any implementation. Some lack the methods that read them. */
export function isBlob(value: unknown): value is Blob {
  return isObject(value) && typeof property(value, "size") === "number" && hasMethod(value, "slice");
}

/** Whether the value is a `ReadableStream`. */
export function isReadableStream(value: unknown): value is ReadableStream<Uint8Array> {
  return isObject(value) && hasMethod(value, "getReader");
}

/** Whether the value is an async iterable, such as a stream of Node. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return isObject(value) && hasMethod(value, Symbol.asyncIterator);
}

/** How to get the text of a value that contains it, such as `await response.text()`; `undefined` for every other value. */
function wayToText(value: unknown): string | undefined {
  if (isThenable(value)) return "await it first";
  if (isResponse(value)) return "pass `await response.text()`";
  if (isRequest(value)) return "pass `await request.text()`";
  if (isBlob(value)) return "pass `await blob.text()`";
  if (isReadableStream(value)) return "pass `await new Response(stream).text()`";
  if (isAsyncIterable(value)) return "read it to its end and pass the text";
  return ArrayBuffer.isView(value) ? "wanted a Uint8Array of the text" : undefined;
}

/**
 * A message about a value that contains JSON text and must be read first: a promise, a response, a request, a Blob, a stream or a
 * view. `undefined` for every other value.
 *
 * @param name what the value is, such as `the body`
 */
export function notJson(value: unknown, name: string): string | undefined {
  const way = wayToText(value);
  return way && `${name} is ${typeName(value)}: ${way}`;
}
