"""The endpoints by which a test makes accounts, switches troubles on, and looks at what is true and what was asked."""

import json
from typing import AsyncIterator, List, Optional

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from .accounts import Sizes
from .ledger import Ledger
from .records import agent_id, show_call, show_message
from .settings import Troubles
from .state import State


class Control(BaseModel):
    """What is to change. The order is: account, troubles, delete, release."""

    model_config = ConfigDict(extra="forbid")
    account: Optional[Sizes] = None  # makes new accounts, without troubles
    troubles: Optional[Troubles] = None  # in place of all troubles that were on
    delete: List[str] = []  # ids of agents
    release: List[str] = []  # ids of numbers
    subAccount: Optional[str] = None  # the account of those agents and numbers


def routes(state: State) -> APIRouter:
    router = APIRouter()

    @router.post("/_control")
    async def control(wanted: Control) -> dict:
        if wanted.account:
            state.make(wanted.account)
        if wanted.troubles:
            state.set_troubles(wanted.troubles)
        unknown = ledger(wanted.subAccount).change(wanted.delete, wanted.release)
        if unknown:
            raise HTTPException(404, f"unknown id {unknown}")
        return described()

    @router.post("/_reset")
    async def reset() -> dict:
        state.make(state.sizes)
        return described()

    @router.get("/_requests")
    async def requests() -> dict:
        return {"total": state.total, "paths": state.paths, "requests": list(state.requests), "troubles": state.met}

    @router.get("/_truth")
    async def truth(subAccount: Optional[str] = None, arrived: bool = True) -> StreamingResponse:
        return StreamingResponse(lines(ledger(subAccount), arrived), media_type="application/x-ndjson")

    def ledger(sub_account: Optional[str]) -> Ledger:
        if sub_account not in state.ledgers:
            raise HTTPException(404, f"unknown sub-account {sub_account}")
        return state.ledgers[sub_account]

    def described() -> dict:
        return {"account": state.sizes.model_dump(mode="json"), "troubles": state.troubles.model_dump(mode="json")}

    return router


def records(ledger: Ledger, arrived: bool):
    """Every record there is. A message has the agent, the number and the conversation in which it is."""
    for call in ledger.account.calls:
        if arrived or not call.arrived:
            yield show_call(call)
    for conversation in ledger.account.conversations:
        place = {
            "agentId": agent_id(conversation.agent),
            "phoneNumberId": conversation.number.id,
            "conversationId": conversation.id,
        }
        for message in conversation.messages:
            if arrived or not message.arrived:
                channel = message.channel or conversation.channel
                yield {**show_message(message, conversation), **place, "channel": channel}


async def lines(ledger: Ledger, arrived: bool) -> AsyncIterator[str]:
    batch = []
    for record in records(ledger, arrived):
        batch.append(json.dumps(record, ensure_ascii=False))
        if len(batch) == 1_000:
            yield "\n".join(batch) + "\n"
            batch.clear()
    if batch:
        yield "\n".join(batch) + "\n"
