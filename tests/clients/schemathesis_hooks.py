"""An exception for repeated parameters, which schemathesis does not know: the last value counts, as in FastAPI.

So `months=x&months=8` is a valid request, and accepting it is not a failure. parameters.test.mjs compares with FastAPI itself.
"""

import re

import schemathesis

TAKEN_WRONGLY = "ST201"
NUMBER = r"\s*[+-]?\d+\s*"
# The valid last values. An accepted request with another last value is still a failure.
RIGHT = {
    "days": NUMBER,
    "months": NUMBER,
    "offset": NUMBER,
    "period": "week|month|year",
    "tz": r"[\w+/-]+",
    "step": "hour|day|week|month",
    "week_start": "(mon|tues|wednes|thurs|fri|satur|sun)day",
}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    query = case.query or {}
    again = {name: str(value[-1]) for name, value in query.items() if isinstance(value, list) and len(value) > 1}
    is_right = bool(again) and all(re.fullmatch(RIGHT.get(name, ".*"), last) for name, last in again.items())
    return not (failure.code == TAKEN_WRONGLY and is_right)
