/** A user's Worker that decompresses the body of a request, cut into chunks of the size that the request names. */
import { decompressed } from "usage-by-agent";

async function* cut(bytes, most) {
  for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
}

export default {
  async fetch(request) {
    const bytes = new Uint8Array(await request.arrayBuffer());
    try {
      const data = decompressed(cut(bytes, Number(request.headers.get("x-most"))));
      return new Response(await new Response(data).arrayBuffer());
    } catch (error) {
      return new Response(error.code ?? String(error), { status: 500 });
    }
  },
};
