"""What an account has: agents, numbers, conversations with messages, and calls, and how the vendor writes each."""

from dataclasses import dataclass, field
from typing import List, Optional

from .moments import SECOND, written

VOICES = ["skylar", "marlowe"]


@dataclass(slots=True, eq=False)
class Agent:
    id: str
    name: str
    created: int
    mode: str = "webhook"
    deleted: bool = False


@dataclass(slots=True, eq=False)
class Number:
    id: str
    phone: str
    created: int
    agent: Optional[Agent]
    type: str = "sms"
    released: bool = False


@dataclass(slots=True, eq=False)
class Message:
    id: str
    at: int
    direction: str
    channel: Optional[str]
    status: str
    body: str
    reactions: int = 0
    reply_to: "Optional[Message]" = None
    media: bool = False
    arrived: bool = False


@dataclass(slots=True, eq=False)
class Conversation:
    id: str
    number: Number
    agent: Optional[Agent]
    participant: str
    channel: str
    created: int
    group: bool = False
    messages: List[Message] = field(default_factory=list)  # the oldest first
    arrived: bool = False

    @property
    def last(self) -> Optional[int]:
        return self.messages[-1].at if self.messages else None


@dataclass(slots=True, eq=False)
class Call:
    id: str
    at: int
    agent: Optional[Agent]
    number: Optional[Number]
    other: str
    direction: str
    status: str
    seconds: Optional[int]
    arrived: bool = False


def living(agent: Optional[Agent]) -> Optional[Agent]:
    """The agent of a record. The vendor clears a deleted agent from every record that had it."""
    return None if agent is None or agent.deleted else agent


def agent_id(agent: Optional[Agent]) -> Optional[str]:
    return agent.id if living(agent) else None


def show_agent(agent: Agent, numbers: List[Number]) -> dict:
    return {
        "id": agent.id,
        "name": agent.name,
        "description": None,
        "voiceMode": agent.mode,
        "enableMessaging": True,
        "modelTier": "balanced",
        "systemPrompt": "Answer questions about the shop." if agent.mode == "hosted" else None,
        "beginMessage": "Hello, how can I help?",
        "voice": VOICES[len(agent.name) % 2],
        "transferNumber": None,
        "customTools": None,
        "voicemailMessage": None,
        "callScreeningIdentity": None,
        "callScreeningPurpose": None,
        "sttMode": "fast",
        "ambientSound": "none",
        "denoisingMode": "noise-cancellation",
        "maxSilenceMs": 600_000,
        "voiceSpeed": 1.0,
        "interruptionSensitivity": 0.8,
        "enableBackchannel": True,
        "language": "en-US",
        "createdAt": written(agent.created),
        "numbers": [
            {"id": number.id, "phoneNumber": number.phone, "status": status_of(number), "type": number.type}
            for number in numbers
            if number.agent is agent and not number.released
        ],
    }


def status_of(number: Number) -> str:
    return "released" if number.released else "active"


def show_number(number: Number) -> dict:
    return {
        "id": number.id,
        "phoneNumber": number.phone,
        "country": "US",
        "status": status_of(number),
        "type": number.type,
        "agentId": agent_id(number.agent),
        "outboundSms": "enabled",
        "inboundCallsEnabled": True,
        "readReceiptsEnabled": False,
        "whatsappEnabled": False,
        "dailyNewContacts": {"used": 0, "limit": 50},
        "purchasedAt": written(number.created),
        "externalId": None,
        "expiresAt": None,
        "rcsFallbackForAlias": None,
        "createdAt": written(number.created),
    }


def show_call(call: Call, detail: bool = False) -> dict:
    web = call.direction == "web"
    own = call.number.phone if call.number else "web"
    agent = living(call.agent)
    shown = {
        "id": call.id,
        "agentId": agent_id(call.agent),
        "agentName": agent.name if agent else None,
        "phoneNumberId": call.number.id if call.number else None,
        "phoneNumber": call.number.phone if call.number else None,
        "fromNumber": own if call.direction == "outbound" else call.other,
        "toNumber": call.other if call.direction == "outbound" else own,
        "direction": call.direction,
        "type": "web" if web else "pstn",
        "status": call.status,
        "startedAt": written(call.at),
        "endedAt": None if call.seconds is None else written(call.at + call.seconds * SECOND),
        "durationSeconds": call.seconds,
        "lastTranscriptSnippet": "Thank you, goodbye." if call.seconds else None,
        "recordingUrl": None,
        "recordingAvailable": False,
    }
    if detail:
        turn = {"id": f"turn_{call.id}", "transcript": "Are you open?", "response": "Yes.", "createdAt": written(call.at)}
        shown["transcripts"] = [turn] if call.seconds else []
    return shown


def unfinished(shown: dict) -> dict:
    """A call as it was listed before it ended."""
    nothing = {"endedAt": None, "durationSeconds": None, "lastTranscriptSnippet": None}
    return {**shown, **nothing, "status": "in-progress"}


def ends_of(message: Message, conversation: Conversation) -> "tuple[str, str]":
    ends = conversation.participant, conversation.number.phone
    return ends if message.direction == "inbound" else ends[::-1]


def show_message(message: Message, conversation: Conversation) -> dict:
    """A message in the lists of a conversation."""
    sender, receiver = ends_of(message, conversation)
    delivered = message.direction == "outbound" and message.status == "delivered"
    failed = message.status == "failed"
    inbound_group = conversation.group and message.direction == "inbound"
    replied = message.reply_to
    return {
        "id": message.id,
        "body": message.body,
        "fromNumber": sender,
        "toNumber": receiver,
        "direction": message.direction,
        "channel": message.channel,
        "status": message.status,
        "failureReason": "carrier_rejected" if failed else None,
        "errorCode": "30007" if failed else None,
        "mediaUrl": media_of(message)[0] if message.media else None,
        "mediaUrls": media_of(message),
        "senderIdentifier": "+14155550199" if inbound_group else None,
        "content": None,
        "receivedAt": written(message.at),
        "deliveredAt": written(message.at + SECOND) if delivered else None,
        "deliveredChannel": message.channel if delivered else None,
        "readAt": None,
        "reactions": [
            {
                "id": f"rct_{message.id}_{n}",
                "reactionType": "like",
                "fromNumber": receiver,
                "direction": "outbound" if message.direction == "inbound" else "inbound",
                "createdAt": written(message.at + SECOND),
            }
            for n in range(message.reactions)
        ],
        "replyTo": {"messageId": replied.id, "message": replied.body, "mediaUrls": []} if replied else None,
    }


def media_of(message: Message) -> List[str]:
    return [f"https://media.invalid/{message.id}.jpg"] if message.media else []


def show_number_message(message: Message, conversation: Conversation) -> dict:
    """A message in the list of a number: other names, and neither agent nor conversation."""
    sender, receiver = ends_of(message, conversation)
    return {
        "id": message.id,
        "from_": sender,
        "to": receiver,
        "body": message.body,
        "direction": message.direction,
        "channel": message.channel,
        "status": message.status,
        "failureReason": "carrier_rejected" if message.status == "failed" else None,
        "mediaUrl": media_of(message)[0] if message.media else None,
        "mediaUrls": media_of(message),
        "receivedAt": written(message.at),
    }


def show_conversation(conversation: Conversation) -> dict:
    last = conversation.messages[-1] if conversation.messages else None
    member = {"identifier": "+14155550199", "name": "R. Example"}
    return {
        "id": conversation.id,
        "agentId": agent_id(conversation.agent),
        "phoneNumberId": conversation.number.id,
        "phoneNumber": conversation.number.phone,
        "participant": conversation.participant,
        "channel": conversation.channel,
        "isGroup": conversation.group,
        "groupId": f"grp_{conversation.id}" if conversation.group else None,
        "groupName": "Neighbours" if conversation.group else None,
        "groupIconUrl": None,
        "participants": [member] if conversation.group else None,
        "lastMessageAt": written(last.at) if last else None,
        "lastMessagePreview": last.body if last else "",
        "messageCount": len(conversation.messages),
        "metadata": None,
        "createdAt": written(conversation.created),
    }
