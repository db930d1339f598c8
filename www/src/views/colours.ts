/** Which agent has which colour. An agent keeps its colour from one period to the next, in the chart, the table and its own part. */

/** The name of a colour: `1` to `8` for an agent, `rest` for all others together, `none` for usage without an agent. */
export type Colour = `${number}` | "rest" | "none";

/** How many agents have a colour of their own. More colours could not be told apart. */
export const COLOURS = 8;

export class Colours {
  readonly #colourOf = new Map<string, number>();

  /** Gives the agents that are shown their colours. An agent that is new takes the colour that was shown the longest time ago. */
  show(agents: readonly string[]): void {
    const shown = agents.slice(0, COLOURS);
    const taken = new Map([...this.#colourOf].map(([agent, colour]) => [colour, agent]));
    const isFree = (colour: number) => !shown.includes(taken.get(colour) ?? "\u0000");
    // Colours that nobody had come first, then those of the agents that were added first.
    const colours = Array.from({ length: COLOURS }, (_, n) => n + 1);
    const free = [...colours.filter((n) => !taken.has(n)), ...[...this.#colourOf.values()].filter(isFree)];
    for (const agent of shown) {
      const colour = this.#colourOf.get(agent) ?? free.shift();
      if (colour === undefined) continue;
      const owner = taken.get(colour);
      if (owner !== undefined && owner !== agent) this.#colourOf.delete(owner);
      // Added anew, so that it is the last one to lose its colour.
      this.#colourOf.delete(agent);
      this.#colourOf.set(agent, colour);
    }
  }

  /** Other records have come: their agents get colours anew, the largest one the first. */
  forget(): void {
    this.#colourOf.clear();
  }

  /** The colour of an agent; `null` is usage without an agent. */
  of(agent: string | null): Colour {
    if (agent === null) return "none";
    const colour = this.#colourOf.get(agent);
    return colour === undefined ? "rest" : `${colour}`;
  }
}
