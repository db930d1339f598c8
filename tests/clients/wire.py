"""What the fakes of the vendor's API have in common: the responses of the usage endpoints, errors, periods, and serving."""

import json
import os
import socket
import sys
import threading
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, List, Literal, Optional

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel

# Zone names in any case are accepted, as this project does. The vendor does not document it.
ZONES = {name.lower(): name for name in zoneinfo.available_timezones()}


def known_zone(name: Optional[str]) -> Optional[str]:
    if name is not None and name.lower() not in ZONES:
        raise ValueError(f"unknown IANA time zone '{name}'")
    return name


Period = Literal["week", "month", "year"]
Zone = Annotated[Optional[str], AfterValidator(known_zone)]


class AgentUsageItem(BaseModel):
    agentId: Optional[str]
    agentName: str
    messages: int
    calls: int
    totalSeconds: int
    isOrphan: bool = False


class AgentUsageResponse(BaseModel):
    data: List[AgentUsageItem]
    period: str
    periodStart: str
    periodEnd: str


class NumberLimits(BaseModel):
    used: int
    limit: int
    remaining: int


class UsageStats(BaseModel):
    totalMessages: int
    messagesLast24h: int
    messagesLast7d: int
    messagesLast30d: int
    totalCalls: int
    callsLast24h: int
    callsLast7d: int
    callsLast30d: int
    totalWebhookDeliveries: int
    successfulWebhookDeliveries: int
    failedWebhookDeliveries: int
    smsSegmentsLast30d: int


# The vendor's newest reference says that the response has no plan.
class UsageResponse(BaseModel):
    numbers: NumberLimits
    stats: UsageStats
    periodStart: str
    periodEnd: str
    reportGeneratedAt: str


class DailyUsagePoint(BaseModel):
    date: str
    messages: int
    calls: int
    webhooks: int


class DailyUsageResponse(BaseModel):
    data: List[DailyUsagePoint]
    days: int


class MonthlyUsagePoint(BaseModel):
    month: str
    messages: int
    calls: int
    webhooks: int


class MonthlyUsageResponse(BaseModel):
    data: List[MonthlyUsagePoint]
    months: int


class NumberUsageItem(BaseModel):
    numberId: str
    phoneNumber: str
    country: str
    status: str
    agentId: Optional[str] = None
    agentName: Optional[str] = None
    messages: int
    calls: int


class NumberUsageResponse(BaseModel):
    data: List[NumberUsageItem]


def zone_of(name: Optional[str]):
    return timezone.utc if name is None else zoneinfo.ZoneInfo(ZONES[name.lower()])


def bounds(period: Period, zone, now: datetime) -> "tuple[datetime, datetime]":
    """Returns the period of `now` in a zone: its first instant, and the first instant after it. Weeks begin on Monday."""
    today = now.astimezone(zone).date()
    if period == "week":
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    elif period == "month":
        first = today.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        first = date(today.year, 1, 1)
        after = date(today.year + 1, 1, 1)
    start, end = (datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(timezone.utc) for d in (first, after))
    return start, end


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def written_bounds(start: datetime, end: datetime) -> dict:
    return {"periodStart": written(start), "periodEnd": written(end - timedelta(seconds=1))}


def error_body(message: str, code: str, kind: str) -> dict:
    return {"error": {"message": message, "code": code, "type": kind, "details": []}}


def not_let_in() -> JSONResponse:
    body = error_body("Invalid API key", "invalid_api_key", "authentication_error")
    return JSONResponse(body, 401, {"www-authenticate": "Bearer"})


def not_understood(_request: Request, invalid: RequestValidationError) -> JSONResponse:
    # FastAPI's response, without the `ctx` of a `value_error`. That would be {"error": {}}, which is the exception as JSON.
    detail = [{k: v for k, v in error.items() if k != "ctx" or error["type"] != "value_error"} for error in invalid.errors()]
    return JSONResponse({"detail": detail}, 422)


def serve(app: FastAPI, **said) -> None:
    """Serves on a free port of the loopback interface, prints the port and `said` as JSON, and ends when the standard input ends."""
    # asyncio sends without delay only where the protocol is named.
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.bind(("127.0.0.1", 0))
    door.listen()  # a client that connects before uvicorn has started waits
    threading.Thread(target=end_with_the_input, daemon=True).start()
    print(json.dumps({"port": door.getsockname()[1], **said}), flush=True)
    # Idle connections stay open. A test that is busy for seconds would otherwise use one that has just closed.
    config = uvicorn.Config(app, log_level="warning", h11_max_incomplete_event_size=1 << 20, timeout_keep_alive=600)
    uvicorn.Server(config).run(sockets=[door])


def end_with_the_input() -> None:
    sys.stdin.read()
    os._exit(0)
