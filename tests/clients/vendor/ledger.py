"""The lists of one account in the order in which the vendor gives them."""

from typing import List, Optional

from .accounts import Account
from .draw import Draw, share_of
from .moments import SECOND
from .records import Agent, Call, Conversation, Message, Number
from .settings import Arrivals


class Ledger:
    def __init__(self, account: Account) -> None:
        self.account = account
        newest = sorted(account.calls, key=lambda call: (-call.at, call.id))
        self.arrived_calls: List[Call] = []  # the newest arrival first
        self.ordered = {"newest": newest, "shuffled": shuffled(newest, account.seed)}
        # One without messages is the last. Its `lastMessageAt` is null.
        self.conversations = sorted(account.conversations, key=lambda one: (-(one.last or 0), one.id))
        every = (account.agents, account.numbers, account.calls, account.conversations)
        self.by_id = {one.id: one for kind in every for one in kind}
        self.merged: "dict[str, list[tuple[Message, Conversation]]]" = {}
        self.filtered: "dict[tuple, list[Call]]" = {}

    def find(self, kind: type, id: str):
        found = self.by_id.get(id)
        return found if isinstance(found, kind) and not getattr(found, "deleted", False) else None

    def agents(self) -> List[Agent]:
        return [agent for agent in self.account.agents if not agent.deleted]

    def numbers(self) -> List[Number]:
        return [number for number in self.account.numbers if not number.released]

    def calls(self, order: str, **wanted) -> List[Call]:
        """Calls by agent, number, status, direction, type or a part of a telephone number. None stands for any."""
        key = (order, *sorted((name, value) for name, value in wanted.items() if value is not None))
        if key not in self.filtered:
            every = [*self.arrived_calls, *self.ordered[order]]
            self.filtered[key] = [call for call in every if all(matches(call, *one) for one in key[1:])]
        return self.filtered[key]

    def messages_of(self, number: Number) -> "tuple[List[Message], dict]":
        """The messages of a number, the oldest first, and their conversations by id."""
        if number.id not in self.merged:
            own = [one for one in self.conversations if one.number is number]
            messages = sorted((message for one in own for message in one.messages), key=lambda message: (message.at, message.id))
            self.merged[number.id] = messages, {message.id: one for one in own for message in one.messages}
        return self.merged[number.id]

    def arrive(self, arrivals: Arrivals, at: int) -> None:
        """Adds one batch of new records at the front, all of the instant `at` and the seconds after it."""
        account = self.account
        for n in range(arrivals.calls):
            call = account.call(at + n * SECOND)
            call.arrived = True
            self.arrived_calls.insert(0, call)
            account.calls.append(call)
            self.by_id[call.id] = call
        for n in range(arrivals.conversations):
            new = account.conversation()
            new.arrived = True
            self.by_id[new.id] = new
            account.conversations.append(new)
            self.speak(new, at + n * SECOND)
            self.conversations.insert(0, new)
        for n in range(min(arrivals.messages, len(self.conversations))):
            one = self.conversations[account.draw.below(len(self.conversations))]
            self.conversations.remove(one)
            self.conversations.insert(0, one)
            self.speak(one, at + n * SECOND)
        self.filtered.clear()
        self.merged.clear()

    def speak(self, conversation: Conversation, at: int) -> None:
        message = self.account.message(at, conversation)
        message.arrived = True
        conversation.messages.append(message)
        conversation.messages.sort(key=lambda one: one.at)

    def change(self, agents: List[str], numbers: List[str]) -> Optional[str]:
        """Deletes agents and releases numbers. Returns an id that is unknown."""
        changed = [*((Agent, id, "deleted") for id in agents), *((Number, id, "released") for id in numbers)]
        for kind, id, _ in changed:
            if not self.find(kind, id):
                return id
        for kind, id, what in changed:
            setattr(self.find(kind, id), what, True)
        self.filtered.clear()
        return None


def shuffled(calls: List[Call], seed: int) -> List[Call]:
    draw = Draw("order", seed)
    return [call for _, call in sorted(((draw.part(), call) for call in calls), key=lambda pair: pair[0])]


def matches(call: Call, name: str, value) -> bool:
    if name == "type":
        return (value == "web") == (call.direction == "web")
    if name == "search":
        return value in call.other or (call.number is not None and value in call.number.phone)
    if name in ("agent", "number"):
        return getattr(call, name) is value
    return getattr(call, name) == value


def is_unfinished(call: Call, unfinished, seen: "dict[str, int]") -> bool:
    """Whether a call is shown as in progress. Counts how often it has been."""
    if unfinished is None or share_of("unfinished", unfinished.seed, call.id) >= unfinished.share:
        return False
    seen[call.id] = seen.get(call.id, 0) + 1
    return seen[call.id] <= unfinished.times
