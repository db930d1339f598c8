"""Serves the fake.

    python -m vendor TOKEN [FORBIDDEN_TOKEN] [ACCOUNT]

FORBIDDEN_TOKEN is answered with 403. ACCOUNT is `Sizes` as JSON. The program prints {"port"} as JSON, and ends when its standard
input ends.
"""

import logging
import sys

import wire

from .accounts import Sizes
from .app import make_app

# The trouble `cut` is such an end of a response, and not an error.
logging.getLogger("uvicorn.error").addFilter(lambda said: "without completing response" not in said.getMessage())

token = sys.argv[1]
forbidden = sys.argv[2] if len(sys.argv) > 2 else None
account = sys.argv[3] if len(sys.argv) > 3 else "{}"
wire.serve(make_app(Sizes.model_validate_json(account), token, forbidden or None))
