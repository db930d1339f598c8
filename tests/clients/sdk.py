"""Makes calls with PyPI's `agentphone`, the vendor's own client, unmodified.

The input is {"base", "token", "calls": [[method, arguments], ...]}. The plain client and the asynchronous client make each call.
The output is {"sync": [...], "async": [...]}. Each outcome is {"value"} or {"error", "status", "message"}.
"""

import asyncio
import dataclasses
import json
import sys

from agentphone import AgentPhone, AgentPhoneError, AsyncAgentPhone


def plain(value):
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value


def failed(error: AgentPhoneError) -> dict:
    return {"error": type(error).__name__, "status": error.status, "message": error.message}


def ask(options: dict, calls: list) -> list:
    outcomes = []
    with AgentPhone(**options) as client:
        for method, arguments in calls:
            try:
                outcomes.append({"value": plain(getattr(client.usage, method)(**arguments))})
            except AgentPhoneError as error:
                outcomes.append(failed(error))
    return outcomes


async def ask_async(options: dict, calls: list) -> list:
    outcomes = []
    async with AsyncAgentPhone(**options) as client:
        for method, arguments in calls:
            try:
                outcomes.append({"value": plain(await getattr(client.usage, method)(**arguments))})
            except AgentPhoneError as error:
                outcomes.append(failed(error))
    return outcomes


wanted = json.load(sys.stdin)
options = {"api_key": wanted["token"], "base_url": wanted["base"]}
calls = wanted["calls"]
json.dump({"sync": ask(options, calls), "async": asyncio.run(ask_async(options, calls))}, sys.stdout)
