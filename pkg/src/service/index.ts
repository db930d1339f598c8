/**
 * The durable service, for Cloudflare Workers.
 *
 * @module
 */

export { UsageShard } from "./object.js";
export type { ServiceOptions, ServiceQuery } from "./options.js";
export type {
  DurableBase,
  DurableState,
  DurableStorage,
  Message,
  MessageBatch,
  ServiceContext,
  SqlRows,
  SqlStorage,
  SqlValue,
} from "./platform.js";
export type { AccountSettings } from "./register/settings.js";
export { createUsageService, type UsageService } from "./service.js";
