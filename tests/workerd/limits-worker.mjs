/** A Worker that overloads the package, and says what was wrong afterwards. */
import * as usage from "usage-by-agent";
import { overload } from "../support/limits/overload.mjs";

export default {
  fetch(request) {
    try {
      overload(usage, Number(request.headers.get("x-most")));
      return new Response("fine");
    } catch (error) {
      return new Response(error.stack, { status: 500 });
    }
  },
};
