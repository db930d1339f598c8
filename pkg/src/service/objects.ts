import type { Deadline } from "../handler/deadline.js";
import { registerName, shardName } from "./names.js";
import type { UsageShard } from "./object.js";
import type { DurableNamespace } from "./platform.js";

/** The methods of an object as its caller sees them. */
type Remote<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** An object of the class, seen from the Worker. */
export type RemoteObject = Remote<UsageShard>;

/** The objects of all accounts. */
export class Objects {
  readonly #namespace: DurableNamespace;

  constructor(namespace: DurableNamespace) {
    this.#namespace = namespace;
  }

  /** Asks a shard of an account. */
  shard<T>(account: string, shard: number, deadline: Deadline, ask: (object: RemoteObject) => Promise<T>): Promise<T> {
    return this.#ask(shardName(account, shard), deadline, ask);
  }

  /** Asks the register of an account. */
  register<T>(account: string, deadline: Deadline, ask: (object: RemoteObject) => Promise<T>): Promise<T> {
    return this.#ask(registerName(account), deadline, ask);
  }

  /** Asks an object, and once again if the platform says that this may help. What is asked has the same effect when it is asked twice. */
  async #ask<T>(name: string, deadline: Deadline, ask: (object: RemoteObject) => Promise<T>): Promise<T> {
    const once = () => {
      // A stub is of no use after an error, so each attempt has its own.
      const stub = this.#namespace.get(this.#namespace.idFromName(name)) as RemoteObject;
      return deadline.wait(ask(stub));
    };
    try {
      return await once();
    } catch (error) {
      if (deadline.isStopped || !isRetryable(error)) throw error;
      return await once();
    }
  }
}

function isRetryable(error: unknown): boolean {
  const { retryable, overloaded } = (error ?? {}) as { retryable?: unknown; overloaded?: unknown };
  return retryable === true && overloaded !== true;
}
