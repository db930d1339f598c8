"""Lists everything that an account has with PyPI's `agentphone`, the vendor's own client, unmodified.

The input is {"base", "token"}. The output is {"sync", "async"}, each {"agents", "calls", "numbers", "conversations", "messages",
"numberMessages", "details", "subAccounts"}: the client's objects as dictionaries. The messages of a conversation are listed from the
newest to the oldest.
"""

import asyncio
import dataclasses
import inspect
import json
import sys
from datetime import datetime, timedelta

from agentphone import AgentPhone, AsyncAgentPhone


async def answer(value):
    return await value if inspect.isawaitable(value) else value


async def by_offset(method) -> list:
    items, more = [], True
    while more:
        page = await answer(method(limit=7, offset=len(items)))
        items += [dataclasses.asdict(item) for item in page.data]
        more = page.has_more
        assert more == (len(items) < page.total), (len(items), page.total)
    return items


async def by_time(method, id: str, limit: int = 200) -> list:
    """Each page begins with the instant with which the last one ended, because more messages may have that time."""
    found, before = {}, None
    while True:
        page = await answer(method(id, limit=limit, before=before))
        new = [message for message in page.data if message.id not in found]
        found.update((message.id, dataclasses.asdict(message)) for message in new)
        if not page.has_more:
            return list(found.values())
        assert new, f"more than {limit} messages of {before}"
        last = datetime.fromisoformat(page.data[-1].received_at) + timedelta(microseconds=1)
        before = last.isoformat().replace("+00:00", "Z")


async def detail(client, id: str) -> dict:
    return dataclasses.asdict(await answer(client.conversations.get(id, message_limit=3)))


async def everything(client) -> dict:
    conversations = await by_offset(client.conversations.list)
    numbers = await by_offset(client.numbers.list)
    return {
        "agents": await by_offset(client.agents.list),
        "calls": await by_offset(client.calls.list),
        "numbers": numbers,
        "conversations": conversations,
        "messages": {one["id"]: await by_time(client.conversations.get_messages, one["id"], 60) for one in conversations},
        "numberMessages": {one["id"]: await by_time(client.numbers.get_messages, one["id"]) for one in numbers},
        "details": [await detail(client, one["id"]) for one in conversations[:5]],
        "subAccounts": await answer(client.sub_accounts.list()),
    }


async def run(options: dict) -> dict:
    with AgentPhone(**options) as client:
        plain = await everything(client)
    async with AsyncAgentPhone(**options) as client:
        return {"sync": plain, "async": await everything(client)}


wanted = json.load(sys.stdin)
json.dump(asyncio.run(run({"api_key": wanted["token"], "base_url": wanted["base"]})), sys.stdout)
