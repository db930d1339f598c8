"""What the fake is at one time: its accounts, its troubles, and the requests that it has seen."""

from collections import Counter, deque
from typing import Optional

from .accounts import Sizes, make_accounts
from .ledger import Ledger
from .moments import micros
from .settings import Troubles

REMEMBERED = 20_000  # requests; older ones are only counted


class State:
    def __init__(self, sizes: Sizes) -> None:
        self.make(sizes)

    def make(self, sizes: Sizes) -> None:
        """Makes the accounts anew, without troubles and without a past."""
        self.sizes = sizes
        self.ledgers = {id: Ledger(account) for id, account in make_accounts(sizes).items()}
        self.set_troubles(Troubles())
        self.forget()

    def set_troubles(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.seen: "dict[str, int]" = {}  # how often each call has been shown as in progress
        self.attempts: Counter = Counter()  # by URL
        self.met: Counter = Counter()  # how often each trouble has been met
        self.came = 0  # requests since the troubles are on
        self.listed = 0  # requests of lists to which records arrive

    def forget(self) -> None:
        self.total = 0
        self.paths: Counter = Counter()
        self.requests: deque = deque(maxlen=REMEMBERED)

    def arrive(self, sub_account: Optional[str]) -> None:
        """Lets new records arrive, if it is time."""
        arrivals = self.troubles.arrivals
        if arrivals is None or self.met["arrivals"] >= arrivals.batches:
            return
        self.listed += 1
        if self.listed % arrivals.every == 0:
            self.met["arrivals"] += 1
            at = micros(arrivals.at or self.sizes.now)
            self.ledgers[sub_account].arrive(arrivals, at)
