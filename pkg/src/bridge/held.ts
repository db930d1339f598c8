// Objects that live in the module, such as a count.

import type { Glue } from "../../wasm/usage_by_agent.js";
import { UsageError } from "../errors.js";
import type { Hint } from "./fault.js";
import type { Instance } from "./instance.js";

/** An object of the core. */
interface CoreObject {
  free(): void;
}

/** An object of the core that has not been freed, and the instance in which it lives. */
class Slot {
  object: CoreObject | undefined;
  readonly instance: Instance;

  constructor(instance: Instance, object: CoreObject) {
    this.instance = instance;
    this.object = object;
  }

  /** Frees the object. If its instance has ended, or ends here, there is nothing left to free. */
  free(): void {
    const { object, instance } = this;
    if (object === undefined) return;
    try {
      if (!instance.hasEnded) instance.cross(() => object.free());
    } catch (error) {
      if (!instance.hasEnded) throw error; // the stack ended before the call
    }
    this.object = undefined;
    instance.living--;
    instance.rest();
  }
}

let collected: FinalizationRegistry<Slot> | undefined;

/** The registry that frees what a program forgets to free. Not every runtime has one. */
function registry(): FinalizationRegistry<Slot> | undefined {
  if (typeof FinalizationRegistry === "undefined") return;
  collected ??= new FinalizationRegistry((slot) => slot.free());
  return collected;
}

/** An object that lives in the module until it is freed, is collected, or its instance ends. */
export class Held<T extends CoreObject> {
  readonly #slot: Slot;
  readonly #name: string;

  /**
   * Makes the object.
   *
   * @param name what the object is, for the error that says that it has ended
   * @throws {UsageError} the core's errors
   */
  constructor(instance: Instance, name: string, make: (glue: Glue) => T, within?: string) {
    this.#slot = new Slot(instance, instance.cross(make, within));
    this.#name = name;
    instance.living++;
    registry()?.register(this, this.#slot, this.#slot);
  }

  /** Whether its instance has ended. */
  get hasEnded(): boolean {
    return this.#slot.object !== undefined && this.#slot.instance.hasEnded;
  }

  /** The object itself, as an argument of a call in the same instance. */
  get object(): T {
    return this.#slot.object as T;
  }

  /**
   * Calls the object. See {@link Instance.cross}.
   *
   * @throws {UsageError} `terminated` if its instance has ended
   */
  call<R>(use: (object: T) => R, within?: string, hint?: Hint): R {
    return this.#live().cross(() => use(this.object), within, hint);
  }

  /** Makes another object in the same instance. */
  beside<O extends CoreObject>(name: string, make: (glue: Glue) => O): Held<O> {
    return new Held(this.#live(), name, make);
  }

  /** Frees the object. */
  free(): void {
    this.#slot.free();
    registry()?.unregister(this.#slot);
  }

  #live(): Instance {
    const { instance } = this.#slot;
    if (!instance.hasEnded) return instance;
    const message = `this ${this.#name} has ended: an earlier call ended the instance of the module that held it`;
    throw new UsageError("terminated", message, { cause: instance.reason });
  }
}
