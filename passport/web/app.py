"""The web application: one guard, the hot reads, and every other operation on FastAPI."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from passport import __version__
from passport.errors import Malformed, MethodNotAllowed, NotFound, Refusal, TooLarge
from passport.model.access import RIGHTS
from passport.service import following
from passport.service.log import standing
from passport.service.search import lag
from passport.service.system import System
from passport.settings import Settings, read_settings
from passport.web import problems
from passport.web.answers import Answer, Scope, respond
from passport.web.auth import Door
from passport.web.comparing import Comparing
from passport.web.crawling import Crawling
from passport.web.datasets import Datasets
from passport.web.delegating import Delegating
from passport.web.description import describe, documented
from passport.web.exchanging import Exchanging
from passport.web.guard import Application, Disconnected, Guard, json_log
from passport.web.handovers import HandingOver
from passport.web.holders import Holders
from passport.web.interop import Interop
from passport.web.issuers import Issuers
from passport.web.ledger import Ledger
from passport.web.methods import Methods
from passport.web.metrics import Metrics
from passport.web.operating import Operating
from passport.web.pages.kinds import SERVICE
from passport.web.pages.site import Pages
from passport.web.publishing import Publishing
from passport.web.researching import Researching
from passport.web.resolver import Reader, Resolver
from passport.web.revising import Revising
from passport.web.searching import Searching
from passport.web.signing_in import Doorkeeper, SigningIn
from passport.web.site import Operation, Site
from passport.web.suppliers import Suppliers
from passport.web.tables import Tabulating
from passport.web.visitors import Visitors


def create_app(system: System, pages: Pages, *, settings: Settings | None = None) -> Application:
    """The ASGI application of an open system. It keeps nothing but counters: any number of processes may run it.

    ``settings`` are those by default when none are given.
    """
    settings = settings or read_settings({})
    site = Site(system, pages, Door(system, settings))
    metrics = Metrics(partial(lag, system), partial(following.lag, system), partial(standing, system), system.queries)
    reader = Reader(site)

    def refuse(refusal: Refusal, scope: Scope) -> Answer:
        return problems.answer(refusal, scope, Doorkeeper(site, scope), system.base)

    framework = FastAPI(
        title=SERVICE,
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    framework.openapi = lambda: describe(framework, system.base)  # type: ignore[method-assign]
    # Routes are tried in this order, which takes longer than some answers: first those that machines send to all day.
    audiences = (
        Suppliers(site),
        Visitors(site, reader),
        Issuers(site),
        Exchanging(site),
        Searching(site),
        Comparing(site),
        Delegating(site),
        Revising(site),
        SigningIn(site),
        Holders(site),
        HandingOver(site),
        Interop(site),
        Ledger(site),
        Publishing(site),
        Tabulating(site),
        Datasets(site, days=settings.snapshot_days),
        Crawling(site),
        Researching(site, note=metrics.note_query),
        Operating(site, metrics=metrics, openapi=framework.openapi),
    )
    for audience in audiences:
        for operation in audience.operations():
            _add(framework, site, operation)
    inner = Methods(framework, routes=framework.routes, base=system.base)
    _map_exceptions(framework, refuse, inner)
    resolver = Resolver(reader, refuse)
    return Guard(
        inner,
        quick=resolver,
        base=system.base,
        body_bytes=settings.body_bytes,
        misses=settings.misses_per_minute,
        metrics=metrics,
        refuse=refuse,
        log=json_log(settings.log_level),
    )


def _add(framework: FastAPI, site: Site, operation: Operation) -> None:
    """One route; its right is asked before its handler runs, and an operation without a row has no route."""
    right = RIGHTS[operation.name]
    framework.add_api_route(
        operation.path,
        operation.handler,
        methods=[operation.method],
        operation_id=operation.name,
        tags=[operation.tag],
        response_class=Response,
        response_model=None,
        status_code=operation.status,
        responses=documented(operation),
        dependencies=[] if right.scope is None else [Depends(_right(site, operation))],
        openapi_extra=_extra(operation),
    )


def _right(site: Site, operation: Operation) -> Callable[[Request], Any]:
    door = site.door
    return door.permit_form(operation.name) if operation.form else door.permit(operation.name)


def _extra(operation: Operation) -> dict[str, Any]:
    extra: dict[str, Any] = {"summary": (operation.handler.__doc__ or "").partition("\n")[0].strip()}
    right = RIGHTS[operation.name]
    if right.scope is not None:
        extra["security"] = [{"bearer": [right.scope.value]}]
        if operation.form or operation.method == "GET":
            extra["security"].append({"session": []})
    if operation.reads:
        binary: Mapping[str, Any] = {"schema": {}}
        extra["requestBody"] = {"required": True, "content": dict.fromkeys(operation.reads, binary)}
    if operation.parameters:
        extra["parameters"] = [dict(each) for each in operation.parameters]
    return extra


def _map_exceptions(framework: FastAPI, refuse: Any, methods: Methods) -> None:
    async def refused(request: Request, wrong: Exception) -> Response:
        return respond(refuse(_refusal(request, wrong, methods), request.scope))

    async def left(request: Request, wrong: Exception) -> Response:
        return Response(status_code=499)

    for kind in (Refusal, HTTPException, RequestValidationError, Exception):
        framework.add_exception_handler(kind, refused)
    framework.add_exception_handler(Disconnected, left)


def _refusal(request: Request, wrong: Exception, methods: Methods) -> Refusal:
    """What an exception of the framework is in our words; anything unknown is a fault."""
    if isinstance(wrong, Refusal):
        return wrong
    if isinstance(wrong, RequestValidationError):
        return _invalid(wrong)
    if isinstance(wrong, HTTPException):
        if wrong.status_code == 404:
            return NotFound("There is nothing at this address.")
        if wrong.status_code == 405:
            return MethodNotAllowed("This address does not do that.", methods.allowed(request.scope["path"]))
        if wrong.status_code == 413:
            return TooLarge("The request is too large.")
        return Malformed("The request cannot be read.")
    return problems.fault(wrong)


def _invalid(wrong: RequestValidationError) -> Refusal:
    first = wrong.errors()[0]
    place = first["loc"]
    if place and place[0] == "path":
        return NotFound("There is nothing at this address.")
    return Malformed(f"{'.'.join(str(each) for each in place[1:])}: {first['msg']}")
