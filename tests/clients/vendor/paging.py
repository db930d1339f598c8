"""Pages of lists, as the vendor documents them, and what the troubles make of them."""

from bisect import bisect_left, bisect_right
from typing import List, Optional

from .draw import share_of
from .records import Message
from .settings import MessageLists, Short


def withheld(short: Optional[Short], kind: str) -> bool:
    return short is not None and kind in short.lists


def by_offset(items: list, offset: int, limit: int, kind: str, short: Optional[Short] = None) -> "tuple[list, bool]":
    """Returns the items of a page, and whether there are more."""
    end = len(items)
    if withheld(short, kind) and short.how == "end":
        end -= int(end * short.share)
    page = items[offset : min(offset + limit, end)]
    return without_holes(page, kind, short), offset + limit < end


def by_time(
    messages: List[Message], before: Optional[int], after: Optional[int], limit: int, lists: MessageLists, short: Optional[Short]
) -> "tuple[List[Message], bool]":
    """Returns the messages of a page, and whether there are more of them between `after` and `before`."""
    # `messages` are the oldest first. Whether the bounds are inclusive is not documented.
    past_before, past_after = (bisect_right, bisect_left) if lists.inclusive else (bisect_left, bisect_right)
    low = 0 if after is None else past_after(messages, after, key=lambda message: message.at)
    high = len(messages) if before is None else past_before(messages, before, key=lambda message: message.at)
    if withheld(short, "messages") and short.how == "end":
        low = max(low, int(len(messages) * short.share))
    if lists.order == "oldest":
        page, more = messages[low : min(low + limit, high)], low + limit < high
    else:
        page, more = messages[max(low, high - limit) : max(low, high)], high - limit > low
        if lists.order == "newest":
            page = page[::-1]
    return without_holes(page, "messages", short), more


def without_holes(page: list, kind: str, short: Optional[Short]) -> list:
    if not withheld(short, kind) or short.how != "holes":
        return page
    return [item for item in page if share_of("short", short.seed, item.id) >= short.share]
