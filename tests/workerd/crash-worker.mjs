/** A user's Worker that has the service, with a clock that is behind. */
import { createUsageService } from "usage-by-agent/service";

export { UsageShard } from "usage-by-agent/service";
export default createUsageService(({ BEHIND_MS }) => ({ now: () => Date.now() - BEHIND_MS }));
