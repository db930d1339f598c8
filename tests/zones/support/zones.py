"""Weeks and months as Python's zoneinfo has them, one JSON line for the names whose files are the same.

    python zones.py FIRST_YEAR YEAR_AFTER_THE_LAST

The first line says which Python and which tz database this is. The others are {"names", "transitions", "weeks", "months"}:
of each week that begins within two days of a transition, and of each month, the row [first weekday (Monday is 0), start,
end, offset at the start, offset at the last second]; all in seconds, end exclusive.
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
    """What zoneinfo says of a zone, in seconds since 1970."""

    def __init__(self, name):
        self.info = zoneinfo.ZoneInfo(name)
        self.starts = {}

    def offset(self, at):
        return int(datetime.fromtimestamp(at, self.info).utcoffset().total_seconds())

    def change(self, before, after):
        """The first second with another offset than `before` has."""
        old = self.offset(before)
        while after - before > 1:
            middle = (before + after) // 2
            if self.offset(middle) == old:
                before = middle
            else:
                after = middle
        return after

    def transitions(self, noons):
        """Where the offset changes. Looks at every noon (UTC): of two changes in between that cancel each other, none is seen."""
        info, found, old = self.info, [], None
        for noon in noons:
            new = noon.astimezone(info).utcoffset()
            if new != old and old is not None:
                at = int(noon.timestamp())
                found.append(self.change(at - DAY, at))
            old = new
        return found

    def start(self, day):
        """The first second of a local date."""
        if day not in self.starts:
            self.starts[day] = self.find_start(day)
        return self.starts[day]

    def find_start(self, day):
        midnight = datetime(day.year, day.month, day.day)
        wall = (midnight - EPOCH) // timedelta(seconds=1)
        # In a gap, fold 0 is the offset before it and fold 1 the one after; in a fold likewise, and the first is earlier.
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
        sys.exit("zoneinfo looks into this machine's tz database: PYTHONTZPATH must be empty")
    print(json.dumps({"python": platform.python_version(), "tzdb": tzdata.IANA_VERSION}))
    noons = [first + timedelta(days=n) for n in range((last - first).days)]
    root = files("tzdata")
    alike = {}
    for name in (root / "zones").read_text().split():
        alike.setdefault(root.joinpath("zoneinfo", *name.split("/")).read_bytes(), []).append(name)
    for names in alike.values():
        print(json.dumps(describe(names, noons)))


main()
