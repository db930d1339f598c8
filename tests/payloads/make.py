"""Prints what PyPI's `agentphone` makes of the API's answers and of webhooks.

Standard input: {"base": URL, "calls": {name: [resource, method, argument?]}, "webhooks": {name: webhook}}.
Standard output: {name: text}. The texts are those of `json.dumps`.
"""

import dataclasses
import hashlib
import hmac
import json
import sys

from agentphone import AgentPhone, construct_event

SECRET = "whsec_example"
TIMESTAMP = "1749493231"


def plain(value):
    """The client's objects are dataclasses. Some answers it leaves as dictionaries."""
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value


def event(webhook):
    """Reads a webhook as a receiver does, with its signature. The age is not looked at, because the time never changes."""
    body = json.dumps(webhook)
    signed = hmac.new(SECRET.encode(), f"{TIMESTAMP}.{body}".encode(), hashlib.sha256).hexdigest()
    return construct_event(body, f"sha256={signed}", SECRET, TIMESTAMP, tolerance=None)


asked = json.load(sys.stdin)
client = AgentPhone(api_key="sk_example", base_url=asked["base"])
texts = {}
for name, (resource, method, *arguments) in asked["calls"].items():
    texts[name] = json.dumps(plain(getattr(getattr(client, resource), method)(*arguments)))
for name, webhook in asked["webhooks"].items():
    texts[name] = json.dumps(plain(event(webhook)))
json.dump(texts, sys.stdout)
