// A Worker that passes on each response without a check.
export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    const headers = { authorization: request.headers.get("authorization") ?? "" };
    const response = await fetch(env.UPSTREAM_BASE_URL + pathname + search, { headers, redirect: "manual" });
    return new Response(response.body, { status: response.status, headers: { "content-type": "application/json" } });
  },
};
