import type { Collection } from "./types.js";

/** Writes the names of agents into collected records, for a receiver that has no list of agents. */
export class AgentNames {
  #names = new Map<string, string>();

  /** The record with the name of its agent, if the collection knows it and the record has none. */
  named(record: object, collection: Collection): object {
    // A collection that goes on may list the agents after its first page.
    if (this.#names.size === 0) {
      this.#names = new Map(Array.from(collection.agents().data, ({ id, name }) => [id, name]));
    }
    const { agentId, agentName } = record as { agentId?: unknown; agentName?: unknown };
    const name = typeof agentId === "string" ? this.#names.get(agentId) : undefined;
    return name && agentName == null ? { ...record, agentName: name } : record;
  }
}
