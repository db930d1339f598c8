"""The fake as one ASGI application."""

from typing import Annotated, Optional

import wire
from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from . import control, lists, usage
from .accounts import Sizes
from .gate import Gate
from .ledger import Ledger
from .state import State

SubAccount = Annotated[Optional[str], Header(alias="X-Sub-Account-Id")]


def make_app(sizes: Sizes, token: str, forbidden: Optional[str]) -> Gate:
    state = State(sizes)
    app = FastAPI(openapi_url=None)

    # They are coroutines, because FastAPI would run plain functions in another thread.
    async def ledger_of(sub_account: SubAccount = None) -> Ledger:
        if sub_account not in state.ledgers:
            raise lists.NotFound("Sub-account")
        return state.ledgers[sub_account]

    async def arriving(sub_account: SubAccount = None, ledger: Ledger = Depends(ledger_of)) -> Ledger:
        state.arrive(sub_account)
        return ledger

    @app.exception_handler(lists.NotFound)
    async def not_found(_request: Request, missing: lists.NotFound) -> JSONResponse:
        return JSONResponse(wire.error_body(f"{missing} not found", "not_found", "not_found_error"), 404)

    app.add_exception_handler(RequestValidationError, wire.not_understood)
    app.include_router(control.routes(state))
    app.include_router(lists.routes(state, ledger_of, arriving))
    app.include_router(usage.routes(state, ledger_of, lambda: state.sizes.now))
    return Gate(app, state, token, forbidden)
