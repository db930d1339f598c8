import { createUsageService, type ServiceOptions, type UsageService } from "usage-by-agent/service";
import type { Env } from "./env.js";
import { conventionsOf, crowdLimitsOf, isOn } from "./settings.js";

/** Makes the service that receives webhooks. A wrong setting throws. */
export function serviceOf(env: Env, shared: Pick<ServiceOptions, "cors" | "onError">): UsageService<Env> {
  return createUsageService<Env>({ ...optionsOf(env), ...shared });
}

function optionsOf(env: Env): ServiceOptions {
  const options: ServiceOptions = {
    allowHttp: isOn(env, "FORWARD_ALLOW_HTTP", false),
    query: conventionsOf(env),
    limits: crowdLimitsOf(env),
  };
  if (env.FORWARD_URL) options.forward = env.FORWARD_URL;
  if (env.FORWARD_TIMEOUT_MS) options.forwardTimeoutMs = Number(env.FORWARD_TIMEOUT_MS);
  if (env.TOLERANCE_MS) options.toleranceMs = Number(env.TOLERANCE_MS);
  if (env.MAX_DELIVERY_BYTES) options.maxDeliveryBytes = Number(env.MAX_DELIVERY_BYTES);
  if (env.READ_TIMEOUT_MS) options.readTimeoutMs = Number(env.READ_TIMEOUT_MS);
  if (env.DELIVERY_RATE) options.rate = Number(env.DELIVERY_RATE);
  if (env.DIRECT_AT_ONCE) options.directAtOnce = Number(env.DIRECT_AT_ONCE);
  if (env.SHARDS) options.shards = Number(env.SHARDS);
  return options;
}
