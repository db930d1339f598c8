"""Prints weeks and months as Python's zoneinfo computes them. Zone names with identical files share one JSON line.

    python zones.py FIRST_YEAR YEAR_AFTER_THE_LAST

The first line contains the versions of Python and of the tz database. The other lines are {"names", "transitions", "weeks",
"months"}. "weeks" has a row for each week that begins within two days of a transition. "months" has a row for each month. A row
is [first weekday (Monday is 0), start, end, offset at the start, offset at the last second]. Times and offsets are in seconds,
and the end is exclusive.
"""

import json
import platform
import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files

import tzdata

DAY = 86_400
EPOCH = datetime(1970, 1, 1)


class Zone:
    """A zone of zoneinfo, with times in seconds since 1970."""

    def __init__(self, name):
        self.info = zoneinfo.ZoneInfo(name)
        self.starts = {}

    def offset(self, at):
        return int(datetime.fromtimestamp(at, self.info).utcoffset().total_seconds())

    def change(self, before, after):
        """Returns the first second whose offset differs from the offset at `before`."""
        old = self.offset(before)
        while after - before > 1:
            middle = (before + after) // 2
            if self.offset(middle) == old:
                before = middle
            else:
                after = middle
        return after

    def transitions(self, noons):
        """Returns the transitions. It compares noons (UTC), so two changes that cancel each other between noons are lost."""
        info, found, old = self.info, [], None
        for noon in noons:
            new = noon.astimezone(info).utcoffset()
            if new != old and old is not None:
                at = int(noon.timestamp())
                found.append(self.change(at - DAY, at))
            old = new
        return found

    def start(self, day):
        """Returns the first second of a local date."""
        if day not in self.starts:
            self.starts[day] = self.find_start(day)
        return self.starts[day]

    def find_start(self, day):
        midnight = datetime(day.year, day.month, day.day)
        wall = (midnight - EPOCH) // timedelta(seconds=1)
        # In a gap and in a fold, fold=0 gives the offset before the transition, and fold=1 gives the offset after it. In a fold,
        # `first` is the earlier instant. In a gap, `second` is earlier, and the date begins at the transition.
        first, second = (
            wall - int(midnight.replace(tzinfo=self.info, fold=fold).utcoffset().total_seconds()) for fold in (0, 1)
        )
        if second < first:
            return self.change(second, first)
        return first

    def row(self, day, following):
        start, end = self.start(day), self.start(following)
        return [day.weekday(), start, end, self.offset(start), self.offset(end - 1)]


def months(first_year, last_year):
    for year in range(first_year, last_year + 1):
        for month in range(1, 13):
            yield date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def describe(names, noons):
    zone = Zone(names[0])
    first, last = noons[0].date(), noons[-1].date()
    transitions = zone.transitions(noons)
    days = {(EPOCH + timedelta(days=at // DAY + more)).date() for at in transitions for more in range(-2, 3)}
    weeks = [(day, day + timedelta(days=7)) for day in sorted(days)]
    return {
        "names": names,
        "transitions": len(transitions),
        "weeks": [zone.row(day, after) for day, after in weeks if first <= day and after <= last],
        "months": [zone.row(day, after) for day, after in months(first.year, last.year)],
    }


def main():
    first, last = (datetime(int(year), 1, 1, 12, tzinfo=timezone.utc) for year in sys.argv[1:])
    if zoneinfo.TZPATH:
        sys.exit("zoneinfo reads the tz database of this machine: PYTHONTZPATH must be empty")
    print(json.dumps({"python": platform.python_version(), "tzdb": tzdata.IANA_VERSION}))
    noons = [first + timedelta(days=n) for n in range((last - first).days)]
    root = files("tzdata")
    alike = {}
    for name in (root / "zones").read_text().split():
        alike.setdefault(root.joinpath("zoneinfo", *name.split("/")).read_bytes(), []).append(name)
    for names in alike.values():
        print(json.dumps(describe(names, noons)))


main()
