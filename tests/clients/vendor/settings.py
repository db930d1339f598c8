"""The troubles that can be switched on, and the choices that the vendor does not document. By default there is none of them."""

import re
from datetime import datetime
from typing import Annotated, List, Literal, Optional

from pydantic import AfterValidator, BaseModel, ConfigDict, Field



def pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(pattern)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")


class When(Settings):
    """Which requests meet a trouble. All conditions must hold."""

    share: Share = 1  # by the seed, the URL and the number of the attempt, so that the order of requests does not matter
    first: Optional[int] = None  # only the first attempts at a URL
    after: int = 0  # not before so many requests have come
    times: Optional[int] = None  # at most so often
    path: Pattern = ""  # a regular expression that is found in the path
    seed: int = 1


class Refuse(When):
    status: Literal[401, 403] = 401


class RateLimit(When):
    retryAfter: Optional[Literal["seconds", "date"]] = "seconds"
    seconds: int = 1


class Failures(When):
    statuses: List[int] = Field([500, 502, 503, 504], min_length=1)


class Redirect(When):
    to: str  # an origin; path and query are appended
    status: Literal[301, 302, 303, 307, 308] = 302


class Html(When):
    status: int = 200


class Cut(When):
    how: Literal["length", "json"] = "length"  # less than Content-Length and then the end; or half of a JSON text


class Slow(When):
    milliseconds: int = Field(100, ge=0, le=60_000)
    part: Literal["head", "body"] = "head"  # before the status, or in the middle of the body


class Short(Settings):
    """Items are withheld, while `total` and `messageCount` count them."""

    share: Share = 0.1
    lists: List[Literal["calls", "conversations", "messages", "numbers", "agents"]] = ["calls", "conversations", "messages"]
    # holes: pages have fewer items than they should. end: the last part of a list is missing, and `hasMore` is false before it.
    how: Literal["holes", "end"] = "holes"
    seed: int = 1


class Arrivals(Settings):
    """New records, which come to the front of the lists while these are read."""

    every: int = Field(3, ge=1)  # a batch comes before each so-manieth request of a list of calls or conversations
    calls: int = Field(1, ge=0, le=1_000)
    conversations: int = Field(0, ge=0, le=1_000)  # new ones, of one message each
    messages: int = Field(0, ge=0, le=1_000)  # in conversations that exist, which come to the front
    at: Optional[datetime] = None  # when they happened; by default now, by the vendor's clock
    batches: int = Field(20, ge=0)


class Unfinished(Settings):
    """Calls that are in progress when they are first seen."""

    share: Share = 0.1
    times: int = Field(1, ge=1)  # how often each is seen so
    seed: int = 1


class MessageLists(Settings):
    # newest: the newest of those between `after` and `before`, the newest first. newest-ascending: these, the oldest first.
    # oldest: the oldest of them, the oldest first.
    order: Literal["newest", "newest-ascending", "oldest"] = "newest"
    inclusive: bool = False  # whether `before` and `after` include their own instant


class Bill(Settings):
    """Mistakes in the answer of /v1/usage/by-agent."""

    failedCalls: bool = False  # calls that were not completed count
    roundUpTo: int = Field(1, ge=1)  # the seconds of each call are rounded up to a multiple
    tz: Optional[str] = None  # the period is that of this zone, whatever zone is asked for


class Troubles(Settings):
    refuse: Optional[Refuse] = None
    rateLimit: Optional[RateLimit] = None
    failures: Optional[Failures] = None
    redirect: Optional[Redirect] = None
    html: Optional[Html] = None
    cut: Optional[Cut] = None
    slow: Optional[Slow] = None
    short: Optional[Short] = None
    arrivals: Optional[Arrivals] = None
    unfinished: Optional[Unfinished] = None
    callOrder: Literal["newest", "shuffled"] = "newest"
    messageLists: MessageLists = MessageLists()
    bill: Bill = Bill()
    older: bool = False  # only the fields that npm's 1.0.17 knows
