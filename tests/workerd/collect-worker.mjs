/** A user's Worker that collects an account, and answers with the ids and with what is complete. */
import { collect } from "usage-by-agent/collect";

export default {
  async fetch(request) {
    try {
      const collection = collect(await request.json());
      const ids = [];
      for await (const { records } of collection) for (const { id } of records) ids.push(id);
      const { complete } = collection.completeness();
      return Response.json({ ids, complete, state: collection.state() });
    } catch ({ code, message }) {
      return Response.json({ code, message }, { status: 500 });
    }
  },
};
