"""The usage endpoints, counted in the simplest way from every record that the account has."""

from datetime import timedelta, timezone
from typing import Annotated, Iterator, Optional

from fastapi import APIRouter, Depends, Query
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
    bounds,
    written_bounds,
    zone_of,
)

from .ledger import Ledger
from .moments import DAY, EPOCH, micros
from .records import agent_id, living, status_of
from .settings import Bill


class Counts:
    def __init__(self) -> None:
        self.messages = self.calls = self.seconds = self.webhooks = 0

    def add(self, seconds: Optional[int], inbound: bool) -> None:
        if seconds is None:
            self.messages += 1
        else:
            self.calls += 1
            self.seconds += seconds
        self.webhooks += inbound or seconds is not None


def events(ledger: Ledger, bill: Bill = Bill()) -> Iterator[tuple]:
    """Each message and each completed call: its time, agent, number, seconds (None of a message), and whether it came in."""
    for conversation in ledger.account.conversations:
        for message in conversation.messages:
            yield message.at, conversation.agent, conversation.number, None, message.direction == "inbound"
    for call in ledger.account.calls:
        if call.status == "completed" or (bill.failedCalls and call.seconds is not None):
            seconds = -(-(call.seconds or 0) // bill.roundUpTo) * bill.roundUpTo
            yield call.at, call.agent, call.number, seconds, call.direction == "inbound"


def routes(state, ledger_of, clock) -> APIRouter:
    router = APIRouter()

    @router.get("/v1/usage/by-agent")
    async def by_agent(period: Period, tz: Zone = None, ledger: Ledger = Depends(ledger_of)) -> AgentUsageResponse:
        bill = state.troubles.bill
        start, end = bounds(period, zone_of(bill.tz or tz), clock())
        low, high = micros(start), micros(end)
        rows = {}
        for at, agent, _, seconds, inbound in events(ledger, bill):
            if low <= at < high:
                known = living(agent)
                rows.setdefault(known.id if known else None, (known, Counts()))[1].add(seconds, inbound)
        data = [
            AgentUsageItem(
                agentId=id,
                agentName=agent.name if agent else "Unassigned",
                messages=counts.messages,
                calls=counts.calls,
                totalSeconds=counts.seconds,
                isOrphan=agent is None,
            )
            for id, (agent, counts) in rows.items()
        ]
        data.sort(key=lambda row: (row.isOrphan, -row.messages, row.agentId or ""))
        return AgentUsageResponse(data=data, period=period, **written_bounds(start, end))

    @router.get("/v1/usage")
    async def usage(ledger: Ledger = Depends(ledger_of)) -> UsageResponse:
        now = clock()
        totals, spans = Counts(), {days: Counts() for days in (1, 7, 30)}
        for at, _, _, seconds, inbound in events(ledger):
            totals.add(seconds, inbound)
            for days, counts in spans.items():
                if at > micros(now) - days * DAY:
                    counts.add(seconds, inbound)
        day, week, month = spans.values()
        stats = UsageStats(
            totalMessages=totals.messages, messagesLast24h=day.messages,
            messagesLast7d=week.messages, messagesLast30d=month.messages,
            totalCalls=totals.calls, callsLast24h=day.calls, callsLast7d=week.calls, callsLast30d=month.calls,
            totalWebhookDeliveries=totals.webhooks, successfulWebhookDeliveries=totals.webhooks, failedWebhookDeliveries=0,
            smsSegmentsLast30d=month.messages,
        )
        used = len(ledger.numbers())
        return UsageResponse(
            numbers=NumberLimits(used=used, limit=used + 5, remaining=5),
            stats=stats,
            **written_bounds(*bounds("month", timezone.utc, now)),
            reportGeneratedAt=now.isoformat(),
        )

    def by_date(ledger: Ledger, length: int) -> "dict[str, Counts]":
        """Counts by the first `length` characters of the UTC date."""
        counts = {}
        days = {}
        for at, _, _, seconds, inbound in events(ledger):
            day = at // DAY
            if day not in days:
                days[day] = (EPOCH + timedelta(days=day)).date().isoformat()[:length]
            counts.setdefault(days[day], Counts()).add(seconds, inbound)
        return counts

    def point(counts: "dict[str, Counts]", date: str) -> dict:
        own = counts.get(date, Counts())
        return {"messages": own.messages, "calls": own.calls, "webhooks": own.webhooks}

    @router.get("/v1/usage/daily")
    async def daily(
        days: Annotated[int, Query(ge=1, le=365)] = 30, ledger: Ledger = Depends(ledger_of)
    ) -> DailyUsageResponse:
        counts, today = by_date(ledger, 10), clock().astimezone(timezone.utc).date()
        dates = [str(today - timedelta(days=back)) for back in reversed(range(days))]
        return DailyUsageResponse(data=[DailyUsagePoint(date=date, **point(counts, date)) for date in dates], days=days)

    @router.get("/v1/usage/monthly")
    async def monthly(
        months: Annotated[int, Query(ge=1, le=24)] = 6, ledger: Ledger = Depends(ledger_of)
    ) -> MonthlyUsageResponse:
        counts, today = by_date(ledger, 7), clock().astimezone(timezone.utc).date()
        this = today.year * 12 + today.month - 1
        names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(this - months + 1, this + 1)]
        data = [MonthlyUsagePoint(month=name, **point(counts, name)) for name in names]
        return MonthlyUsageResponse(data=data, months=months)

    @router.get("/v1/usage/by-number")
    async def by_number(ledger: Ledger = Depends(ledger_of)) -> NumberUsageResponse:
        counts = {}
        for _, _, number, seconds, inbound in events(ledger):
            if number is not None:
                counts.setdefault(number.id, Counts()).add(seconds, inbound)
        data = []
        for number in ledger.account.numbers:
            own, agent = counts.get(number.id, Counts()), living(number.agent)
            data.append(
                NumberUsageItem(
                    numberId=number.id,
                    phoneNumber=number.phone,
                    country="US",
                    status=status_of(number),
                    agentId=agent_id(agent),
                    agentName=agent.name if agent else None,
                    messages=own.messages,
                    calls=own.calls,
                )
            )
        return NumberUsageResponse(data=data)

    return router
