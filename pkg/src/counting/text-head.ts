import { lookOfText } from "../looks/text.js";

/** How much of a text is kept, in bytes. */
const MAX_HEAD = 1024;

const [QUOTE, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x22, 0x5b, 0x5d, 0x7b, 0x7d];
const MARK = [0xef, 0xbb, 0xbf];
const NOTHING = new Uint8Array(0);

/**
 * The beginning of a text that is not JSON, for messages that say what it looks like.
 *
 * A text that does not begin as JSON is held back until 1,024 bytes of it have come. The message about it therefore does not
 * depend on the lengths of the chunks. A text that begins as JSON is not held back.
 */
export class TextHead {
  #head: Uint8Array = NOTHING;
  #isHeld: boolean;

  /** `isBeginning` says whether the text begins here. A part of another text is never held back. */
  constructor(isBeginning = true) {
    this.#isHeld = isBeginning;
  }

  /** Takes the next bytes of the text. Returns the bytes that can be read now. */
  take(chunk: Uint8Array): Uint8Array {
    if (!this.#isHeld) return chunk;
    const text = joined(this.#head, chunk);
    const isJson = beginsAsJson(text);
    if (isJson !== true && text.length < MAX_HEAD) {
      this.#head = text === chunk ? text.slice() : text; // the source may use its memory again
      return NOTHING;
    }
    this.#isHeld = false;
    this.#head = isJson === false ? text.slice(0, MAX_HEAD) : NOTHING;
    return text;
  }

  /** Ends the text. Returns the bytes that were held back. */
  end(): Uint8Array {
    if (!this.#isHeld) return NOTHING;
    this.#isHeld = false;
    return this.#head;
  }

  /** What the text looks like, if it is not JSON. */
  get look(): string | undefined {
    return this.#head.length === 0 ? undefined : lookOfText(this.#head);
  }

  /** The explanation of an error of the reader. It is appended to the error's message. */
  explains(error: Said): string {
    if (error.code !== "invalid_json" || error.message.startsWith("this is")) return "";
    const { look } = this;
    return look === undefined ? secondMark(error) : `; the text looks like ${look}`;
  }
}

/** What an error says. */
interface Said {
  code: string;
  message: string;
}

/**
 * The explanation of an error at a byte order mark. A mark at the beginning of a text is not an error, so this mark is further
 * on.
 */
export function secondMark({ code, message }: Said): string {
  const isMark = code === "invalid_json" && message.startsWith("got byte 0xef: wanted a value");
  return isMark ? "; this may be the byte order mark of a second file: remove it" : "";
}

/**
 * Whether a text begins as JSON records do: with an object whose first key is in quotes, or with an array of anything. `undefined` if
 * the text is too short to see that.
 */
function beginsAsJson(text: Uint8Array): boolean | undefined {
  let at = 0;
  while (at < MARK.length && text[at] === MARK[at]) at++;
  if (at > 0 && at < MARK.length) return at === text.length ? undefined : false;
  let isArray = false;
  for (; at < text.length; at++) {
    const byte = text[at] as number;
    if (isBlank(byte)) continue;
    if (byte !== OPEN_BRACKET) break;
    isArray = true;
  }
  if (at === text.length) return undefined;
  const first = text[at] as number;
  if (first !== OPEN_BRACE) return isArray && (first === CLOSE_BRACKET || isScalar(first));
  do at++;
  while (at < text.length && isBlank(text[at] as number));
  return at === text.length ? undefined : text[at] === QUOTE || text[at] === CLOSE_BRACE;
}

const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Whether a string, a number or a word of JSON may begin with the byte. */
const isScalar = (byte: number) => '"-0123456789tfn'.includes(String.fromCharCode(byte));

function joined(head: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (head.length === 0) return chunk;
  const text = new Uint8Array(head.length + chunk.length);
  text.set(head);
  text.set(chunk, head.length);
  return text;
}
