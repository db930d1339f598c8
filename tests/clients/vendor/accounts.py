"""Accounts of any size, made from a seed."""

from datetime import datetime
from typing import Optional

from pydantic import BaseModel, ConfigDict, Field

from .draw import Draw
from .moments import DAY, SECOND, micros
from .records import Agent, Call, Conversation, Message, Number

NAMES = ["Support", "Zoë ☎ 日本", 'the "third"', "Sales", "Night desk", "support", "Ärzte & Co", "__proto__"]
CHANNELS = ["sms", "sms", "sms", "mms", "imessage", "imessage", "whatsapp", "rcs"]
BODIES = ["Is the shop open on Sunday?", "Yes, from ten.", "👍", "See you then.", "line one\nline two", "", "ご予約ありがとう"]
# Statuses that have been seen, with the number of calls in forty.
STATUSES = [("completed", 26), ("failed", 4), ("busy", 3), ("no-answer", 4), ("in-progress", 1), ("ringing", 1), ("canceled", 1)]
STATUS = [status for status, count in STATUSES for _ in range(count)]
LIVE = {"in-progress", "ringing"}


class Window(BaseModel):
    model_config = ConfigDict(extra="forbid")
    start: datetime
    end: datetime


class Sizes(BaseModel):
    """What an account is made of. Equal sizes give equal accounts."""

    model_config = ConfigDict(extra="forbid")
    seed: int = 1
    now: datetime = datetime.fromisoformat("2025-06-18T12:34:56+00:00")  # the vendor's clock, which does not move
    window: Optional[Window] = None  # half of all records are inside it; by default it ends three days before `now`
    agents: int = Field(5, ge=0, le=500)
    deletedAgents: int = Field(1, ge=0, le=100)
    numbers: int = Field(6, ge=1, le=500)
    releasedNumbers: int = Field(2, ge=0, le=100)
    calls: int = Field(300, ge=0, le=50_000)
    conversations: int = Field(40, ge=0, le=3_000)
    messages: int = Field(1_200, ge=0, le=100_000)
    subAccounts: int = Field(2, ge=0, le=150)  # each a tenth of the account's size
    tied: float = Field(0.2, ge=0, le=1)  # the share of calls and messages that have the time of another one
    sameInstant: int = Field(0, ge=0, le=5_000)  # so many more messages of one instant of the window, in one conversation


class Account:
    def __init__(self, id: str, name: str, sizes: Sizes) -> None:
        self.id, self.name, self.seed = id, name, sizes.seed
        self.draw = draw = Draw(sizes.seed, id)
        self.now = micros(sizes.now)
        self.created = self.now - 400 * DAY
        window = sizes.window or Window(start=sizes.now, end=sizes.now)
        start, end = micros(window.start), micros(window.end)
        self.window = (start, end) if sizes.window else (self.now - 33 * DAY, self.now - 3 * DAY)
        self.ids = set()
        self.agents = [self.agent(n) for n in range(sizes.agents + sizes.deletedAgents)]
        for agent in self.agents[sizes.agents :]:
            agent.deleted = True
        self.numbers = [self.number(n, n >= sizes.numbers) for n in range(sizes.numbers + sizes.releasedNumbers)]
        self.conversations = [self.conversation() for _ in range(sizes.conversations)]
        self.fill(sizes)
        self.calls = []
        previous = None
        for at in self.moments(sizes.calls, sizes.tied):
            self.calls.append(self.call(at, previous))
            previous = self.calls[-1]

    def id_of(self, kind: str) -> str:
        """Returns an id that is new, and says nothing about the order."""
        while True:
            id = f"{kind}_{self.draw.below(1 << 48):012x}"
            if id not in self.ids:
                self.ids.add(id)
                return id

    def agent(self, n: int) -> Agent:
        name = NAMES[n] if n < len(NAMES) else f"Agent {n}"
        return Agent(self.id_of("agt"), name, self.created + n * DAY // 10, self.draw.pick(["webhook", "hosted"]))

    def number(self, n: int, released: bool) -> Number:
        phone = f"+1212{n:03}{self.draw.below(10_000):04}"
        agent = self.some_agent()
        kind = self.draw.pick(["sms", "imessage"])
        return Number(self.id_of("num"), phone, self.created + n * DAY // 10, agent, kind, released)

    def some_agent(self) -> Optional[Agent]:
        return None if not self.agents or self.draw.chance(0.1) else self.draw.pick(self.agents)

    def participant(self) -> str:
        return f"+1415555{self.draw.below(10_000):04}"

    def conversation(self) -> Conversation:
        draw, number = self.draw, self.draw.pick(self.numbers)
        agent = number.agent if draw.chance(0.7) else self.some_agent()
        channel = draw.pick(CHANNELS)
        group = channel == "imessage" and draw.chance(0.2)
        return Conversation(self.id_of("conv"), number, agent, self.participant(), channel, self.created, group)

    def moments(self, count: int, tied: float) -> list:
        """Returns times up to now: half of them inside the window, some exactly at its edges, `tied` of them equal to another."""
        draw, (start, end) = self.draw, self.window
        edges = [start - 1, start - SECOND, start, start + 1, end - SECOND, end - 1, end, end + 1]
        earliest, latest = start - 45 * DAY, min(self.now, end + 45 * DAY)
        times = []
        while len(times) < count:
            if times and draw.chance(tied):
                at = times[-1]
            elif draw.chance(0.03):
                at = draw.pick(edges)
            elif draw.chance(0.5):
                at = start + draw.below(end - start)
            else:
                at = earliest + draw.below(latest - earliest)
            whole = draw.chance(0.3)  # some times have no fraction of a second
            times.append(min(at, self.now) if not whole else min(at, self.now) // SECOND * SECOND)
        return sorted(times)

    def message(self, at: int, conversation: Conversation) -> Message:
        draw = self.draw
        inbound = draw.chance(0.55)
        channel = conversation.channel
        if draw.chance(0.05):
            channel = draw.pick(["sms", None])  # another way was taken, or none is told
        status = "received" if inbound else draw.pick(["delivered", "delivered", "delivered", "sent", "failed"])
        message = Message(self.id_of("msg"), at, "inbound" if inbound else "outbound", channel, status, draw.pick(BODIES))
        message.media = draw.chance(0.03)
        message.reactions = 1 if draw.chance(0.03) else 0
        if conversation.messages and draw.chance(0.02):
            message.reply_to = conversation.messages[-1]
        return message

    def fill(self, sizes: Sizes) -> None:
        """Writes the messages: a few conversations have many of them, many have a few, and one has none."""
        talking = self.conversations[1:] if len(self.conversations) > 1 else self.conversations
        if not talking:
            return
        conversation = talking[0]
        for at in self.moments(sizes.messages, sizes.tied):
            # Equal times mostly stay in one conversation, where they meet the edges of its pages.
            if not (conversation.last == at and self.draw.chance(0.8)):
                skewed = self.draw.part() ** 2
                conversation = talking[int(skewed * len(talking))]
            conversation.messages.append(self.message(at, conversation))
        if sizes.sameInstant:
            start, end = self.window
            at = (start + end) // 2
            conversation = talking[-1]
            many = [self.message(at, conversation) for _ in range(sizes.sameInstant)]
            conversation.messages = sorted([*conversation.messages, *many], key=lambda message: message.at)

    def call(self, at: int, previous: Optional[Call] = None) -> Call:
        draw = self.draw
        direction = draw.pick(["inbound", "inbound", "inbound", "outbound", "outbound", "web"])
        status = draw.pick(STATUS)
        seconds = None if status in LIVE else 0
        if status == "completed":
            # Whole seconds that end before now.
            seconds = max(0, min(draw.below(900), (self.now - at) // SECOND))
        number = None if direction == "web" else draw.pick(self.numbers)
        return Call(self.id_of("call"), at, self.some_agent(), number, self.participant(), direction, status, seconds)


def make_accounts(sizes: Sizes) -> "dict[Optional[str], Account]":
    """Returns the account, by None, and its sub-accounts by their ids."""
    tenth = {name: getattr(sizes, name) // 10 for name in ("calls", "conversations", "messages", "sameInstant")}
    smaller = sizes.model_copy(update={**tenth, "agents": 2, "deletedAgents": 0, "numbers": 2, "releasedNumbers": 1})
    accounts = {None: Account("acc_main", "Main", sizes)}
    for n in range(sizes.subAccounts):
        id = f"sub_{n:04}"
        accounts[id] = Account(id, f"Client {n}", smaller)
    return accounts
