"""The five usage endpoints as the vendor documents them. This is a FastAPI application, because the vendor's API uses FastAPI.

    python upstream.py TOKEN

The program prints {"port", "now"} as JSON, and ends when its standard input ends. Its clock stands still, so that equal requests
have equal responses.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Annotated

import wire
from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from wire import (
    AgentUsageItem,
    AgentUsageResponse,
    DailyUsagePoint,
    DailyUsageResponse,
    MonthlyUsagePoint,
    MonthlyUsageResponse,
    NumberLimits,
    NumberUsageItem,
    NumberUsageResponse,
    Period,
    UsageResponse,
    UsageStats,
    Zone,
)

NOW = datetime.now(timezone.utc)
TOKEN = sys.argv[1]


class NotLetIn(Exception):
    """The request has no token, or an unknown token."""


def token(request: Request) -> None:
    # HTTPBearer is not used, because its errors are {"detail"} and the vendor's are {"error"}.
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        raise NotLetIn


class Spacious(JSONResponse):
    """JSON with unusual white space. A proxy that parses it and writes it again changes the bytes, and a test sees that."""

    def render(self, content) -> bytes:
        return json.dumps(content, ensure_ascii=True, separators=(" , ", ": ")).encode()


app = FastAPI(dependencies=[Depends(token)], default_response_class=Spacious)
app.add_exception_handler(NotLetIn, lambda _request, _error: wire.not_let_in())
app.add_exception_handler(RequestValidationError, wire.not_understood)


@app.get("/v1/usage/by-agent")
def by_agent(period: Period, tz: Zone = None) -> AgentUsageResponse:
    start, end = wire.bounds(period, wire.zone_of(tz), NOW)
    scale = {"week": 1, "month": 4, "year": 50}[period]
    rows = [("agt_1", "Support", 12, 5, 611), ("agt_2", "Zoë ☎ 日本", 7, 0, 0), ("agt_3", 'the "third"', 0, 3, 42)]
    data = [
        AgentUsageItem(agentId=id, agentName=name, messages=m * scale, calls=c * scale, totalSeconds=s * scale)
        for id, name, m, c, s in rows
    ]
    orphan = AgentUsageItem(agentId=None, agentName="Unassigned", messages=1, calls=1, totalSeconds=9, isOrphan=True)
    return AgentUsageResponse(data=[*data, orphan], period=period, **wire.written_bounds(start, end))


@app.get("/v1/usage")
def usage() -> UsageResponse:
    start, end = wire.bounds("month", timezone.utc, NOW)
    stats = UsageStats(
        totalMessages=950, messagesLast24h=3, messagesLast7d=20, messagesLast30d=80,
        totalCalls=400, callsLast24h=0, callsLast7d=9, callsLast30d=36,
        totalWebhookDeliveries=1400, successfulWebhookDeliveries=1390, failedWebhookDeliveries=10,
        smsSegmentsLast30d=91,
    )  # fmt: skip
    return UsageResponse(
        numbers=NumberLimits(used=2, limit=5, remaining=3),
        stats=stats,
        **wire.written_bounds(start, end),
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


if __name__ == "__main__":
    wire.serve(app, now=NOW.isoformat())
