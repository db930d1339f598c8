// The fields of a record that are read, and a second way to read them: by names in a variable, for records of very many layouts and those
// of which a field throws an error.

import { RECORD_ALIASES } from "../constants.js";

/** What is read of a record, of its `data` and of an envelope, in both spellings. */
const NAMES = [
  ...(["type", "event", "channel", "id", "callId", "call_id", "messageId", "message_id"] as const),
  ...(["agentId", "agent_id", "agentName", "agent_name", "status", "startedAt", "started_at"] as const),
  ...(["endedAt", "ended_at", "durationSeconds", "duration_seconds", "receivedAt", "received_at"] as const),
  ...(["timestamp", "phoneNumberId", "phone_number_id", "numberId", "number_id", "phoneNumber"] as const),
  ...(["phone_number", "direction", "test", "conversationState", "conversation_state", "deliveryId"] as const),
  ...(["delivery_id", "messageCount", "message_count", "data", "body", "headers", "messages"] as const),
];

/** The fields of an object. They may be anything. */
export type Fields = Readonly<Partial<Record<(typeof NAMES)[number], unknown>>>;

/** The keys that few records have: the second spellings, and the marks of a test. */
const RARE = new Set<string>([...RECORD_ALIASES, "test", "conversationState", "conversation_state"]);

/** Stands for a value that threw an error while it was read. */
export class Thrown {
  readonly #isThrown = true;

  constructor(readonly error: unknown) {}

  /** Unlike `instanceof`, this asks no Proxy. */
  static is(value: unknown): value is Thrown {
    return typeof value === "object" && value !== null && #isThrown in value;
  }
}

/**
 * Reads the fields of one object after the other by names in a variable. Where objects have very many layouts, that takes less time than
 * names in the code.
 */
export class FieldsByName {
  #object: object = {};
  #hasRare = true;
  #isCareful = false;
  readonly #isListed: boolean;

  /** @param isListed whether the keys of an object are listed, so that rare ones are only looked up where there are some */
  constructor(isListed: boolean) {
    this.#isListed = isListed;
  }

  /** Gives the fields of another object. If `isCareful` is set, a field that throws an error is a {@link Thrown}. */
  of(object: object, isCareful: boolean): Fields {
    this.#object = object;
    this.#isCareful = isCareful;
    this.#hasRare = !this.#isListed || hasRareKey(object);
    return this as Fields;
  }

  static {
    for (const name of NAMES) {
      const isRare = RARE.has(name);
      const get = function (this: FieldsByName): unknown {
        if (isRare && !this.#hasRare) return;
        const object = this.#object as Record<string, unknown>;
        if (!this.#isCareful) return object[name];
        try {
          return object[name];
        } catch (error) {
          return new Thrown(error);
        }
      };
      Object.defineProperty(FieldsByName.prototype, name, { get });
    }
  }
}

/**
 * Whether an object may have one of the rare keys. To list its keys is faster than to look for each of the rare ones. Only keys that
 * are enumerable are found in a plain object.
 */
function hasRareKey(object: object): boolean {
  try {
    for (const key in object) if (RARE.has(key)) return true;
    const prototype = Object.getPrototypeOf(object);
    return prototype !== Object.prototype && prototype !== null; // a class may have getters, which are not listed
  } catch {
    return true; // a Proxy refuses
  }
}
