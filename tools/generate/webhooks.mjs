/** Records as the vendor's webhooks tell them. */
import { createHmac } from "node:crypto";

/**
 * The webhook of a call or a message, as lists have it.
 *
 * @param {Record<string, unknown>} record
 */
export function webhookOf(record) {
  const { agentId, phoneNumberId: numberId, phoneNumber, id, channel = "voice", type: _, ...others } = record;
  const at = record.endedAt ?? record.receivedAt ?? record.startedAt;
  const isInbound = record.direction !== "outbound";
  const caller = "+12125550199";
  const shared = { numberId, from: isInbound ? caller : phoneNumber, to: isInbound ? phoneNumber : caller, ...others };
  const isCall = record.startedAt !== undefined && record.status !== undefined;
  return {
    event: isCall ? "agent.call_ended" : "agent.message",
    channel,
    timestamp: at,
    agentId,
    data: isCall ? { callId: id, ...shared } : { messageId: id, conversationId: `conv_${numberId}`, ...shared },
  };
}

/**
 * The request of a delivery, signed as the vendor signs it.
 *
 * @param {object} event
 * @param {{secret: string, id: string}} delivery its id, and the secret of the webhook
 */
export function deliveryOf(event, { secret, id }) {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-webhook-event": event.event,
    "x-webhook-id": id,
    "x-webhook-timestamp": timestamp,
    "x-webhook-signature": `sha256=${signature}`,
  };
  return { method: "POST", headers, body };
}
