"""The five usage endpoints as the vendor documents them. This is a FastAPI application, because the vendor's API uses FastAPI.

    python upstream.py TOKEN

The program prints {"port", "now"} as JSON, and ends when its standard input ends. Its clock stands still, so that equal requests
have equal responses.
"""

import json
import os
import socket
import sys
import threading
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, List, Literal, Optional

import uvicorn
from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel

NOW = datetime.now(timezone.utc)
TOKEN = sys.argv[1]
# Zone names in any case are accepted, as this project does. The vendor does not document it.
ZONES = {name.lower(): name for name in zoneinfo.available_timezones()}

Period = Literal["week", "month", "year"]


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


class NotLetIn(Exception):
    """The request has no token, or an unknown token."""


def token(request: Request) -> None:
    # HTTPBearer is not used, because its errors are {"detail"} and the vendor's are {"error"}.
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        raise NotLetIn


def known_zone(name: Optional[str]) -> Optional[str]:
    if name is not None and name.lower() not in ZONES:
        raise ValueError(f"unknown IANA time zone '{name}'")
    return name


class Spacious(JSONResponse):
    """JSON with unusual white space. A proxy that parses it and writes it again changes the bytes, and a test sees that."""

    def render(self, content) -> bytes:
        return json.dumps(content, ensure_ascii=True, separators=(" , ", ": ")).encode()


app = FastAPI(dependencies=[Depends(token)], default_response_class=Spacious)


@app.exception_handler(NotLetIn)
def not_let_in(_request: Request, _error: NotLetIn) -> JSONResponse:
    error = {"message": "Invalid API key", "code": "invalid_api_key", "type": "authentication_error", "details": []}
    return JSONResponse({"error": error}, 401, {"www-authenticate": "Bearer"})


@app.exception_handler(RequestValidationError)
def not_understood(_request: Request, invalid: RequestValidationError) -> JSONResponse:
    # FastAPI's response, without the `ctx` of a `value_error`. That would be {"error": {}}, which is the exception as JSON.
    detail = [{k: v for k, v in error.items() if k != "ctx" or error["type"] != "value_error"} for error in invalid.errors()]
    return JSONResponse({"detail": detail}, 422)


@app.get("/v1/usage/by-agent")
def by_agent(
    period: Period, tz: Annotated[Optional[str], Query(), AfterValidator(known_zone)] = None
) -> AgentUsageResponse:
    zone = zoneinfo.ZoneInfo(ZONES[tz.lower()]) if tz is not None else timezone.utc
    start, end = bounds(period, zone)
    scale = {"week": 1, "month": 4, "year": 50}[period]
    rows = [("agt_1", "Support", 12, 5, 611), ("agt_2", "Zoë ☎ 日本", 7, 0, 0), ("agt_3", 'the "third"', 0, 3, 42)]
    data = [
        AgentUsageItem(agentId=id, agentName=name, messages=m * scale, calls=c * scale, totalSeconds=s * scale)
        for id, name, m, c, s in rows
    ]
    orphan = AgentUsageItem(agentId=None, agentName="Unassigned", messages=1, calls=1, totalSeconds=9, isOrphan=True)
    return AgentUsageResponse(data=[*data, orphan], period=period, periodStart=start, periodEnd=end)


@app.get("/v1/usage")
def usage() -> UsageResponse:
    start, end = bounds("month", timezone.utc)
    stats = UsageStats(
        totalMessages=950, messagesLast24h=3, messagesLast7d=20, messagesLast30d=80,
        totalCalls=400, callsLast24h=0, callsLast7d=9, callsLast30d=36,
        totalWebhookDeliveries=1400, successfulWebhookDeliveries=1390, failedWebhookDeliveries=10,
        smsSegmentsLast30d=91,
    )  # fmt: skip
    return UsageResponse(
        numbers=NumberLimits(used=2, limit=5, remaining=3),
        stats=stats,
        periodStart=start,
        periodEnd=end,
        reportGeneratedAt=NOW.isoformat(),
    )


@app.get("/v1/usage/daily")
def daily(days: Annotated[int, Query(ge=1, le=365)] = 30) -> DailyUsageResponse:
    dates = [NOW.date() - timedelta(days=back) for back in reversed(range(days))]
    data = [DailyUsagePoint(date=str(day), **counts(day.toordinal())) for day in dates]
    return DailyUsageResponse(data=data, days=days)


@app.get("/v1/usage/monthly")
def monthly(months: Annotated[int, Query(ge=1, le=24)] = 6) -> MonthlyUsageResponse:
    this = NOW.year * 12 + NOW.month - 1
    numbers = [this - back for back in reversed(range(months))]
    data = [MonthlyUsagePoint(month=f"{n // 12:04}-{n % 12 + 1:02}", **counts(n)) for n in numbers]
    return MonthlyUsageResponse(data=data, months=months)


@app.get("/v1/usage/by-number")
def by_number() -> NumberUsageResponse:
    first = {"numberId": "num_1", "phoneNumber": "+15550001111", "country": "US", "status": "active"}
    second = {"numberId": "num_2", "phoneNumber": "+33123456789", "country": "FR", "status": "released"}
    data = [
        NumberUsageItem(**first, agentId="agt_1", agentName="Support", messages=19, calls=5),
        NumberUsageItem(**second, messages=0, calls=4),
    ]
    return NumberUsageResponse(data=data)


def counts(n: int) -> dict:
    messages, calls = n * 7 % 50, n % 10
    return {"messages": messages, "calls": calls, "webhooks": messages + calls}


def bounds(period: Period, zone) -> "tuple[str, str]":
    """Returns the first and the last second, in UTC. Weeks begin on Monday."""
    today = NOW.astimezone(zone).date()
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
    return written(start), written(end - timedelta(seconds=1))


def written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def end_with_the_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    door.listen()  # a client that connects before uvicorn has started waits
    threading.Thread(target=end_with_the_input, daemon=True).start()
    print(json.dumps({"port": door.getsockname()[1], "now": NOW.isoformat()}), flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", h11_max_incomplete_event_size=1 << 20))
    server.run(sockets=[door])
