// The module that the platform has built in. Declared here because the package needs none of the platform's own types.

declare module "cloudflare:workers" {
  export const DurableObject: new (
    ctx: import("./platform.js").DurableState,
    env: unknown,
  ) => import("./platform.js").DurableBase;
  /** The bindings of the Worker. */
  export const env: object;
  /** Lets work go on after the response to the current request. Runtimes before August 2025 do not have it. */
  export const waitUntil: ((work: Promise<unknown>) => void) | undefined;
}
