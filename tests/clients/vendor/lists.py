"""The endpoints that list what an account has."""

from datetime import datetime
from typing import Annotated, Optional

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from .ledger import Ledger, is_unfinished
from .moments import micros, written
from .paging import by_offset, by_time
from .records import (
    Agent,
    Call,
    Conversation,
    Number,
    show_agent,
    show_call,
    show_conversation,
    show_message,
    show_number,
    show_number_message,
    unfinished,
)
from .state import State

Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0)]
MessageLimit = Annotated[int, Query(ge=1, le=200)]

# What npm's client 1.0.17 does not know yet.
NEWER = {
    "call": {"direction", "type", "agentName", "recordingUrl", "recordingAvailable", "transcripts"},
    "message": {"status", "failureReason", "errorCode", "deliveredAt", "deliveredChannel", "readAt", "content"},
    "number message": {"status", "failureReason", "mediaUrl", "mediaUrls"},
    "conversation": {"channel"},
    "number": {
        "outboundSms", "inboundCallsEnabled", "readReceiptsEnabled", "whatsappEnabled", "dailyNewContacts",
        "purchasedAt", "externalId", "expiresAt", "rcsFallbackForAlias",
    },
    "agent": set(),
}


class NotFound(Exception):
    """An id is unknown."""


def routes(state: State, ledger_of, arriving) -> APIRouter:
    router = APIRouter()

    def aged(kind: str, shown: dict) -> dict:
        return {name: value for name, value in shown.items() if name not in NEWER[kind]} if state.troubles.older else shown

    def found(ledger: Ledger, kind: type, id: str):
        one = ledger.find(kind, id)
        if one is None:
            raise NotFound(kind.__name__)
        return one

    def page(items: list, limit: int, offset: int, kind: str, show) -> JSONResponse:
        data, more = by_offset(items, offset, limit, kind, state.troubles.short)
        return JSONResponse({"data": [show(item) for item in data], "hasMore": more, "total": len(items)})

    def call_shown(call: Call, detail: bool = False) -> dict:
        shown = show_call(call, detail)
        hidden = is_unfinished(call, state.troubles.unfinished, state.seen)
        return aged("call", unfinished(shown) if hidden else shown)

    def calls(ledger: Ledger, limit: int, offset: int, **wanted) -> JSONResponse:
        return page(ledger.calls(state.troubles.callOrder, **wanted), limit, offset, "calls", call_shown)

    def conversation_shown(conversation: Conversation) -> dict:
        return aged("conversation", show_conversation(conversation))

    def messages_shown(conversation: Conversation, limit: int, before=None, after=None) -> "tuple[list, bool]":
        troubles = state.troubles
        data, more = by_time(conversation.messages, before, after, limit, troubles.messageLists, troubles.short)
        return [aged("message", show_message(message, conversation)) for message in data], more

    @router.get("/v1/agents")
    async def agents(limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(ledger_of)):
        listed = ledger.agents()
        data, more = by_offset(listed, offset, limit, "agents", state.troubles.short)
        shown = {"data": [show_agent(agent, ledger.account.numbers) for agent in data], "total": len(listed)}
        return JSONResponse(shown if state.troubles.older else {**shown, "hasMore": more})

    @router.get("/v1/agents/{agent_id}")
    async def agent(agent_id: str, ledger: Ledger = Depends(ledger_of)):
        return JSONResponse(show_agent(found(ledger, Agent, agent_id), ledger.account.numbers))

    @router.get("/v1/calls")
    async def all_calls(
        limit: Limit = 20,
        offset: Offset = 0,
        status: Optional[str] = None,
        direction: Optional[str] = None,
        type: Optional[str] = None,
        search: Optional[str] = None,
        ledger: Ledger = Depends(arriving),
    ):
        return calls(ledger, limit, offset, status=status, direction=direction, type=type, search=search)

    @router.get("/v1/calls/{call_id}")
    async def call(call_id: str, ledger: Ledger = Depends(ledger_of)):
        return JSONResponse(call_shown(found(ledger, Call, call_id), detail=True))

    @router.get("/v1/agents/{agent_id}/calls")
    async def agent_calls(agent_id: str, limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(arriving)):
        return calls(ledger, limit, offset, agent=found(ledger, Agent, agent_id))

    @router.get("/v1/numbers/{number_id}/calls")
    async def number_calls(number_id: str, limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(arriving)):
        return calls(ledger, limit, offset, number=found(ledger, Number, number_id))

    @router.get("/v1/numbers")
    async def numbers(limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(ledger_of)):
        return page(ledger.numbers(), limit, offset, "numbers", lambda number: aged("number", show_number(number)))

    @router.get("/v1/numbers/{number_id}")
    async def number(number_id: str, ledger: Ledger = Depends(ledger_of)):
        return JSONResponse(aged("number", show_number(found(ledger, Number, number_id))))

    @router.get("/v1/numbers/{number_id}/messages")
    async def number_messages(
        number_id: str,
        limit: MessageLimit = 50,
        before: Optional[datetime] = None,
        after: Optional[datetime] = None,
        ledger: Ledger = Depends(ledger_of),
    ):
        messages, conversations = ledger.messages_of(found(ledger, Number, number_id))
        troubles = state.troubles
        data, more = by_time(messages, instant(before), instant(after), limit, troubles.messageLists, troubles.short)
        shown = [aged("number message", show_number_message(one, conversations[one.id])) for one in data]
        return JSONResponse({"data": shown, "hasMore": more})

    @router.get("/v1/conversations")
    async def conversations(limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(arriving)):
        return page(ledger.conversations, limit, offset, "conversations", conversation_shown)

    @router.get("/v1/agents/{agent_id}/conversations")
    async def agent_conversations(
        agent_id: str, limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(arriving)
    ):
        agent = found(ledger, Agent, agent_id)
        own = [one for one in ledger.conversations if one.agent is agent]
        return page(own, limit, offset, "conversations", conversation_shown)

    @router.get("/v1/conversations/{conversation_id}")
    async def conversation(
        conversation_id: str,
        message_limit: Annotated[int, Query(ge=1, le=100)] = 50,
        ledger: Ledger = Depends(ledger_of),
    ):
        one = found(ledger, Conversation, conversation_id)
        messages, _ = messages_shown(one, message_limit)
        detail = {name: value for name, value in conversation_shown(one).items() if name != "lastMessagePreview"}
        return JSONResponse({**detail, "messages": messages})

    @router.get("/v1/conversations/{conversation_id}/messages")
    async def conversation_messages(
        conversation_id: str,
        limit: MessageLimit = 50,
        before: Optional[datetime] = None,
        after: Optional[datetime] = None,
        ledger: Ledger = Depends(ledger_of),
    ):
        one = found(ledger, Conversation, conversation_id)
        messages, more = messages_shown(one, limit, instant(before), instant(after))
        return JSONResponse({"data": messages, "hasMore": more})

    @router.get("/v1/sub-accounts")
    async def sub_accounts(limit: Limit = 20, offset: Offset = 0, ledger: Ledger = Depends(ledger_of)):
        own = [] if ledger is not state.ledgers[None] else [one for id, one in state.ledgers.items() if id]
        return page(own, limit, offset, "sub-accounts", show_sub_account)

    return router


def show_sub_account(ledger: Ledger) -> dict:
    account = ledger.account
    return {"id": account.id, "name": account.name, "createdAt": written(account.created)}


def instant(at: Optional[datetime]) -> Optional[int]:
    return None if at is None else micros(at)
