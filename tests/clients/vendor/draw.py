"""Numbers that depend on a seed alone."""

import random


class Draw:
    """Draws from one seed. Only `random.Random.random` is used, because Python promises its sequence for every version."""

    def __init__(self, *seed) -> None:
        self.part = random.Random("/".join(map(str, seed))).random

    def below(self, bound: int) -> int:
        return int(self.part() * bound)

    def chance(self, share: float) -> bool:
        return self.part() < share

    def pick(self, choices):
        return choices[int(self.part() * len(choices))]


def share_of(*seed) -> float:
    """Returns a number from 0 to 1 for what the seed names. Equal names give equal numbers, in any order."""
    return Draw(*seed).part()
