// Whether objects have few layouts or many. An engine remembers where objects of a few layouts have a field that the code names. For
// objects of many layouts it looks each field up anew, and one that is missing takes longest.

/** How many objects are compared. */
const SAMPLE = 64;

/** After the first sample, one object of so many is looked at. */
const EVERY = 16;

/** With more layouts among a sample there are many. */
const FEW = 32;

/** Looks at some of the objects that are read. */
export class Layouts {
  /** Whether the objects of the latest sample have many layouts. */
  areMany = false;
  readonly #sample = new Int32Array(SAMPLE);
  #length = 0;
  #every = 1;
  #left = 1;

  /** Looks at an object, or passes it over. */
  see(object: object): void {
    if (--this.#left > 0) return;
    this.#left = this.#every;
    this.#sample[this.#length++] = layoutOf(object);
    if (this.#length < SAMPLE) return;
    this.areMany = new Set(this.#sample).size > FEW;
    this.#length = 0;
    this.#every = EVERY;
  }
}

/** A number for the keys of an object and their order. Different layouts may share one: then they seem to be fewer. */
function layoutOf(object: object): number {
  let layout = 0;
  try {
    for (const key in object) layout = (Math.imul(layout, 31) + key.charCodeAt(0) * 64 + key.length) | 0;
  } catch {} // a Proxy refuses
  return layout;
}
