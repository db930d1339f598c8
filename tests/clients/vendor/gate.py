"""What every request passes on its way in and out: the log, the token, and the troubles of transport."""

import asyncio
import re
from email.utils import formatdate
from time import time
from typing import Optional

from fastapi.responses import HTMLResponse, JSONResponse, Response
from wire import error_body, not_let_in

from .draw import Draw, share_of
from .settings import When
from .state import State

PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1><hr><center>proxy</center>"


class Gate:
    """An ASGI application around the API. Paths that begin with /_ pass untouched."""

    def __init__(self, app, state: State, token: str, forbidden: Optional[str]) -> None:
        self.app, self.state, self.token, self.forbidden = app, state, token, forbidden

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            return await self.app(scope, receive, send)
        query = scope["query_string"].decode("latin-1")
        url = scope["path"] + (f"?{query}" if query else "")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        seen = {"method": scope["method"], "path": scope["path"], "query": query, "headers": headers}
        seen |= {"status": None, "trouble": None}
        state = self.state
        state.total += 1
        state.came += 1
        state.paths[scope["path"]] += 1
        state.requests.append(seen)
        state.attempts[url] += 1

        response = self.let_in(headers) or self.in_place(url, seen)
        start, body = await capture(response or self.app, scope, receive)
        seen["status"] = start["status"]
        await self.give(start, body, url, seen, send)

    def let_in(self, headers: dict) -> Optional[Response]:
        given = headers.get("authorization")
        if self.forbidden and given == f"Bearer {self.forbidden}":
            return forbidden()
        return None if given == f"Bearer {self.token}" else not_let_in()

    def meets(self, name: str, url: str, seen: dict):
        """Returns a trouble that is on and that a request meets."""
        when: Optional[When] = getattr(self.state.troubles, name)
        if when is None:
            return None
        attempt = self.state.attempts[url]
        if self.state.came <= when.after or not re.search(when.path, url.split("?")[0]):
            return None
        if when.first is not None and attempt > when.first or when.times is not None and self.state.met[name] >= when.times:
            return None
        if share_of(name, when.seed, url, attempt) >= when.share:
            return None
        self.state.met[name] += 1
        seen["trouble"] = name
        return when

    def in_place(self, url: str, seen: dict) -> Optional[Response]:
        """Returns the response of a trouble that takes the answer's place."""
        if refuse := self.meets("refuse", url, seen):
            return not_let_in() if refuse.status == 401 else forbidden()
        if limit := self.meets("rateLimit", url, seen):
            return too_many(limit)
        if failures := self.meets("failures", url, seen):
            status = Draw("status", failures.seed, url, self.state.attempts[url]).pick(failures.statuses)
            return JSONResponse(error_body("Something went wrong", "internal_error", "api_error"), status)
        if redirect := self.meets("redirect", url, seen):
            return Response(status_code=redirect.status, headers={"location": redirect.to.rstrip("/") + url})
        if html := self.meets("html", url, seen):
            return HTMLResponse(PAGE.format("Bad Gateway" if html.status >= 500 else "Please log in"), html.status)
        return None

    async def give(self, start: dict, body: bytes, url: str, seen: dict, send) -> None:
        half = len(body) // 2
        cut = self.meets("cut", url, seen)
        if cut and cut.how == "json":
            body = body[:half]
            start["headers"] = [(k, v) for k, v in start["headers"] if k != b"content-length"]
            start["headers"].append((b"content-length", str(len(body)).encode()))
        slow = self.meets("slow", url, seen)
        if slow and slow.part == "head":
            await asyncio.sleep(slow.milliseconds / 1000)
        await send(start)
        if cut and cut.how == "length":
            # The application ends without an end of the response. uvicorn closes the connection.
            await send({"type": "http.response.body", "body": body[:half], "more_body": True})
            return
        if slow and slow.part == "body":
            await send({"type": "http.response.body", "body": body[:half], "more_body": True})
            await asyncio.sleep(slow.milliseconds / 1000)
            body = body[half:]
        await send({"type": "http.response.body", "body": body})


async def capture(app, scope, receive) -> "tuple[dict, bytes]":
    """Runs an application, and returns the start of its response and its body."""
    start, body = {}, bytearray()

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return start, bytes(body)


def forbidden() -> JSONResponse:
    return JSONResponse(error_body("This API key has no access", "forbidden", "permission_error"), 403)


def too_many(limit) -> JSONResponse:
    headers = {}
    if limit.retryAfter == "seconds":
        headers["retry-after"] = str(limit.seconds)
    elif limit.retryAfter == "date":
        headers["retry-after"] = formatdate(time() + limit.seconds, usegmt=True)
    return JSONResponse(error_body("Too many requests", "rate_limited", "rate_limit_error"), 429, headers)
