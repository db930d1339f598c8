// The parts of the platform's types that the service uses. They are structural, so that the package needs none of the platform's own
// types, and accepts values of them.

/** A value of a column. */
export type SqlValue = ArrayBuffer | string | number | null;

/** The rows of a statement. */
export interface SqlRows {
  /** All rows, as objects. */
  toArray(): Record<string, SqlValue>[];
}

/** The SQLite database of an object. */
export interface SqlStorage {
  /** Runs a statement. */
  exec(statement: string, ...values: unknown[]): SqlRows;
}

/** The storage of an object. */
export interface DurableStorage {
  /** The SQLite database of the object. */
  readonly sql: SqlStorage;
  /** Runs a function whose writes all take effect, or none of them if it throws. */
  transactionSync<T>(work: () => T): T;
  /** Deletes everything that the object has stored. */
  deleteAll(): Promise<void>;
  /** Has the method `alarm` called at an instant, in epoch milliseconds. */
  setAlarm(atMs: number): Promise<void>;
}

/** What the platform gives the constructor of a Durable Object. */
export interface DurableState {
  /** The id of the object. */
  readonly id: {
    /** The id as text. */
    toString(): string;
  };
  /** The storage of the object. */
  readonly storage: DurableStorage;
}

/** What every Durable Object has. The name tells the platform's types that a class is one. */
export interface DurableBase {
  /** Exists in types alone. */
  readonly __DURABLE_OBJECT_BRAND: never;
}

/** A binding of a class of Durable Objects. */
export interface DurableNamespace {
  /** The id of the object of a name. */
  idFromName(name: string): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: the platform's own types name its class of ids here, which is not known without them
  get(id: any): unknown;
}

/** A message of a queue. */
export interface Message {
  /** What was sent. */
  readonly body: unknown;
  /** How often it has come, with this time. */
  readonly attempts: number;
  /** It has been dealt with. */
  ack(): void;
  /** It shall come again. */
  retry(options?: { delaySeconds?: number }): void;
}

/** Some messages of one queue. */
export interface MessageBatch {
  /** The name of the queue. */
  readonly queue: string;
  readonly messages: readonly Message[];
}

/** A binding through which messages are sent to a queue. */
export interface QueueBinding {
  /** Sends a message. The promise is fulfilled when it is durable. */
  send(body: unknown): Promise<unknown>;
}

/** What the platform gives a handler besides the request and the bindings. */
export interface ServiceContext {
  /** Lets work go on after the response. */
  waitUntil(work: Promise<unknown>): void;
}

/** An object of a bucket, without its bytes. */
export interface StoredObject {
  /** The name of the object. */
  readonly key: string;
}

/** A part of a list of objects. */
export interface ObjectList {
  readonly objects: readonly StoredObject[];
  /** The beginnings of names up to the delimiter. */
  readonly delimitedPrefixes: readonly string[];
  /** Whether there are more objects. */
  readonly truncated: boolean;
}

/** A bucket of R2. */
export interface Bucket {
  put(key: string, value: ArrayBuffer | string): Promise<unknown>;
  get(key: string): Promise<{ readonly body: ReadableStream<Uint8Array> } | null>;
  head(key: string): Promise<StoredObject | null>;
  list(options: { prefix: string; delimiter?: string; startAfter?: string; limit?: number }): Promise<ObjectList>;
  delete(keys: string | string[]): Promise<void>;
}
