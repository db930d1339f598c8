/**
 * What the vendor sends: the answers of its API and its webhooks, with invented persons and with numbers that nobody has. The
 * shapes are those of the vendor's documents.
 */

const [FRONT, SALES] = ["agt_7d1f0c52", "agt_b93e6a18"];
const NUMBERS = ["num_40aa91c3", "num_8c22f7de"];
const LINES = ["+12125550101", "+13055550102"];
const CALLER = "+14155550141";

const call = (n, fields) => ({
  id: `call_${String(n).padStart(4, "0")}`,
  agentId: FRONT,
  phoneNumberId: NUMBERS[0],
  phoneNumber: LINES[0],
  fromNumber: CALLER,
  toNumber: LINES[0],
  direction: "inbound",
  type: "pstn",
  status: "completed",
  startedAt: `2025-06-0${n}T15:00:00.000000Z`,
  endedAt: `2025-06-0${n}T15:02:05.000000Z`,
  durationSeconds: 125,
  lastTranscriptSnippet: "Thank you, goodbye.",
  ...fields,
});

const message = (n, fields) => ({
  id: `msg_${String(n).padStart(4, "0")}`,
  body: "Is the shop open on Sunday?",
  fromNumber: CALLER,
  toNumber: LINES[0],
  direction: "inbound",
  channel: "sms",
  mediaUrl: null,
  mediaUrls: [],
  receivedAt: `2025-06-1${n}T09:30:00.123456Z`,
  ...fields,
});

const agent = (id, name, number) => ({
  id,
  name,
  description: null,
  voiceMode: "webhook",
  enableMessaging: true,
  modelTier: "balanced",
  systemPrompt: null,
  beginMessage: "Hello, how can I help?",
  voice: "skylar",
  transferNumber: null,
  createdAt: "2025-01-10T08:00:00Z",
  numbers: [{ id: NUMBERS[number], phoneNumber: LINES[number], status: "active", type: "sms" }],
});

const summary = (id, fields) => ({
  id,
  agentId: FRONT,
  phoneNumberId: NUMBERS[0],
  phoneNumber: LINES[0],
  participant: CALLER,
  channel: "sms",
  isGroup: false,
  lastMessageAt: "2025-06-13T09:30:00Z",
  lastMessagePreview: "See you then.",
  messageCount: 4,
  metadata: null,
  createdAt: "2025-05-31T23:59:00Z",
  ...fields,
});

const thread = [
  message(1, {
    reactions: [
      {
        id: "rct_0001",
        reactionType: "like",
        fromNumber: CALLER,
        direction: "inbound",
        createdAt: "2025-06-11T09:31:00Z",
      },
    ],
  }),
  message(2, {
    fromNumber: LINES[0],
    toNumber: CALLER,
    direction: "outbound",
    channel: "imessage",
    body: "Yes, from ten.",
    replyTo: { messageId: "msg_0001", message: "Is the shop open on Sunday?", mediaUrls: [] },
    status: "delivered",
    deliveredAt: "2025-06-12T09:30:02Z",
    deliveredChannel: "imessage",
    readAt: null,
    errorCode: null,
  }),
  message(3, { body: "See you then.", senderIdentifier: null }),
  message(4, { id: "msg_0000", receivedAt: "2025-05-31T23:59:59.999Z", body: "Hello?" }),
];

/** The answers of the API by path. */
export const ANSWERS = {
  "/v1/calls": {
    data: [
      call(1, { agentName: "Front desk" }),
      call(2, { agentId: null, durationSeconds: null, endedAt: "2025-06-02T15:01:01.900000Z" }),
      call(3, { status: "failed", endedAt: "2025-06-03T15:00:00.000000Z", durationSeconds: 0 }),
      call(4, { status: "in-progress", endedAt: null, durationSeconds: null, lastTranscriptSnippet: null }),
      call(5, {
        agentId: SALES,
        agentName: "Sales",
        phoneNumberId: null,
        phoneNumber: null,
        direction: "web",
        type: "web",
        durationSeconds: 30.9,
      }),
      call(6, { startedAt: "2025-05-31T23:59:59.999Z", endedAt: "2025-06-01T00:10:00Z" }),
    ],
    hasMore: false,
    total: 6,
  },
  [`/v1/numbers/${NUMBERS[0]}/messages`]: {
    data: [
      { ...message(1), from_: CALLER, to: LINES[0] },
      { ...message(2, { direction: "outbound", channel: "whatsapp" }), from_: LINES[0], to: CALLER },
      {
        ...message(3, { direction: "outbound", channel: "rcs", status: "failed", failureReason: "carrier" }),
        from_: LINES[0],
        to: CALLER,
      },
      { ...message(4, { id: "msg_0000", receivedAt: "2025-07-01T00:00:00Z" }), from_: CALLER, to: LINES[0] },
    ],
    hasMore: false,
  },
  "/v1/conversations/conv_5d0e/messages": { data: thread, hasMore: false },
  "/v1/conversations/conv_5d0e": { ...summary("conv_5d0e"), messages: thread },
  "/v1/conversations": {
    data: [
      summary("conv_5d0e"),
      summary("conv_77b1", {
        agentId: null,
        channel: "imessage",
        isGroup: true,
        groupId: "grp_01",
        groupName: "Neighbours",
        participants: [{ identifier: CALLER, name: "R. Example" }],
        messageCount: 9,
      }),
    ],
    hasMore: false,
    total: 2,
  },
  "/v1/agents": { data: [agent(FRONT, "Front desk", 0), agent(SALES, "Sales", 1)], hasMore: false, total: 2 },
  "/v1/numbers": {
    data: NUMBERS.map((id, n) => ({
      id,
      phoneNumber: LINES[n],
      country: "US",
      status: "active",
      type: "sms",
      agentId: [FRONT, null][n],
      outboundSms: "enabled",
      createdAt: "2025-01-10T08:00:00Z",
    })),
    hasMore: false,
    total: 2,
  },
  "/v1/usage/by-agent": {
    data: [
      { agentId: FRONT, agentName: "Front desk", messages: 3, calls: 1, totalSeconds: 125, isOrphan: false },
      { agentId: null, agentName: "Unassigned", messages: 0, calls: 1, totalSeconds: 61, isOrphan: true },
    ],
    period: "month",
    periodStart: "2025-06-01T00:00:00Z",
    periodEnd: "2025-06-30T23:59:59Z",
  },
};

/** The SDKs' methods: a name for the answer, npm's call, and PyPI's. */
export const METHODS = [
  ["calls", (npm) => npm.calls.listCalls(), ["calls", "list"]],
  ["messages", (npm) => npm.numbers.getMessages({ number_id: NUMBERS[0] }), ["numbers", "get_messages", NUMBERS[0]]],
  [
    "conversation-messages",
    (npm) => npm.conversations.getConversationMessages({ conversation_id: "conv_5d0e" }),
    ["conversations", "get_messages", "conv_5d0e"],
  ],
  [
    "conversation",
    (npm) => npm.conversations.getConversation({ conversation_id: "conv_5d0e" }),
    ["conversations", "get", "conv_5d0e"],
  ],
  ["conversations", (npm) => npm.conversations.listConversations(), ["conversations", "list"]],
  ["agents", (npm) => npm.agents.listAgents(), ["agents", "list"]],
  ["numbers", (npm) => npm.numbers.listNumbers(), ["numbers", "list"]],
  ["usage-by-agent", (npm) => npm.usage.getUsageByAgent({ period: "month" }), ["usage", "get_by_agent", "month"]],
];

const CONTACT = { id: "ctc_0001", name: "R. Example", email: "r@example.com", phoneNumber: CALLER };
const text = {
  conversationId: "conv_5d0e",
  numberId: NUMBERS[0],
  from: CALLER,
  to: LINES[0],
  contact: CONTACT,
  message: "Is the shop open on Sunday?",
  mediaUrl: null,
  mediaUrls: [],
  direction: "inbound",
  receivedAt: "2025-06-09T18:20:30.500Z",
};
const history = [
  { messageId: "msg_0000", content: "Hello?", direction: "inbound", channel: "sms", at: "2025-05-31T23:59:59Z" },
];
const hook = (event, channel, data, more) => ({
  event,
  channel,
  timestamp: "2025-06-09T18:20:31Z",
  agentId: FRONT,
  data,
  conversationState: null,
  recentHistory: history,
  ...more,
});
const photo = { message: "", mediaUrl: "https://media.example/a.jpg", mediaUrls: ["https://media.example/a.jpg"] };
const group = { isGroup: true, groupId: "grp_01", groupName: "Neighbours", groupIconUrl: null, participants: [CALLER] };

const messages = {
  sms: {},
  mms: photo,
  imessage: { group, senderIdentifier: CALLER },
  whatsapp: {},
  rcs: { numberId: NUMBERS[1], to: LINES[1] },
};

/** The webhooks by name. */
export const WEBHOOKS = {
  ...Object.fromEntries(
    Object.entries(messages).flatMap(([channel, more], n) => [
      [channel, hook("agent.message", channel, { messageId: `msg_100${n}`, ...text, ...more })],
      [`${channel}-without-id`, hook("agent.message", channel, { ...text, ...more })],
    ]),
  ),
  "outbound-sms": hook("agent.message", "sms", {
    ...text,
    messageId: "msg_1009",
    from: LINES[0],
    to: CALLER,
    direction: "outbound",
  }),
  "sms-without-received-at": hook("agent.message", "sms", { ...text, messageId: "msg_1010", receivedAt: undefined }),
  "voice-turn": hook("agent.message", "voice", {
    callId: "call_1001",
    numberId: NUMBERS[0],
    from: CALLER,
    to: LINES[0],
    direction: "inbound",
    transcript: "Are you open on Sunday?",
    confidence: 0.94,
    status: "in-progress",
  }),
  "call-ended": hook("agent.call_ended", "voice", {
    callId: "call_1001",
    numberId: NUMBERS[0],
    from: CALLER,
    to: LINES[0],
    contact: CONTACT,
    direction: "inbound",
    status: "completed",
    startedAt: "2025-06-09T18:00:00Z",
    endedAt: "2025-06-09T18:05:30Z",
    durationSeconds: 330,
    disconnectionReason: "user_hangup",
    transcript: [
      { role: "agent", content: "Hello, how can I help?" },
      { role: "user", content: "Are you open on Sunday?" },
    ],
    summary: "The caller asked for the opening hours.",
    userSentiment: "Neutral",
    callSuccessful: true,
  }),
  "call-ended-web": hook("agent.call_ended", "voice", {
    callId: "call_1002",
    numberId: null,
    direction: "web",
    type: "web",
    status: "failed",
    startedAt: "2025-06-09T18:10:00Z",
    endedAt: "2025-06-09T18:10:00Z",
    durationSeconds: 0,
    transcript: [],
    summary: null,
  }),
  reaction: hook("agent.reaction", "imessage", {
    conversationId: "conv_5d0e",
    numberId: NUMBERS[0],
    reactionType: "love",
    fromNumber: CALLER,
    direction: "inbound",
    messageId: "msg_0002",
    messageBody: "Yes, from ten.",
    createdAt: "2025-06-09T18:20:30Z",
  }),
  "contact-shared": hook("agent.contact_shared", "imessage", {
    conversationId: "conv_5d0e",
    numberId: NUMBERS[0],
    from: CALLER,
    to: LINES[0],
    contact: { ...CONTACT, name: "A. Neighbour", phoneNumber: "+14155550142" },
    receivedAt: "2025-06-09T18:20:30Z",
  }),
  "test-delivery": hook(
    "agent.message",
    "sms",
    { ...text, messageId: "msg_test", message: "This is a test." },
    { test: true },
  ),
  "test-mode": hook(
    "agent.call_ended",
    "voice",
    { callId: "call_test", status: "completed" },
    {
      conversationState: { testMode: true, step: 1 },
    },
  ),
  "unknown-event": hook("agent.created", null, { id: FRONT }),
};
