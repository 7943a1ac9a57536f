"""GET /health for whoever watches over the service, GET /metrics for Prometheus."""

from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from metrics.api import replies
from metrics.api.access import NotAllowedError, reader_of
from metrics.api.exposition import CONTENT_TYPE, exposition, measures
from metrics.api.here import home_path
from metrics.errors import UserError
from metrics.home.replay import now_of
from metrics.listen import clock
from metrics.watch.health import Health, health

UNSAID = {"last_error"}  # of a feed, to somebody who may not read: a reason shows the value that was wrong


def routes() -> list[Route]:
    return [Route("/health", healthy), Route("/metrics", measured)]


async def healthy(request: Request) -> Response:
    """200 when all is well, 503 with the reasons else. Anybody may ask; what was last refused is told to whoever may read."""
    found = await run_in_threadpool(health_here)
    return JSONResponse(told(found, may_read(request)), 200 if found.well else 503, {"Cache-Control": "no-store"})


async def measured(request: Request) -> Response:
    """The same as measures. Whoever may read figures may read these."""
    try:
        reader_of(request)
    except NotAllowedError as problem:
        return replies.refused(401, str(problem))
    found = await run_in_threadpool(health_here)
    return PlainTextResponse(exposition(measures(found)), headers={"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE})


def health_here() -> Health:
    """By the home's own clock, which runs faster where it is a replay."""
    try:
        return health(home_path(), now_of(home_path()))
    except UserError as problem:
        return Health(clock(), list(problem.problems))


def may_read(request: Request) -> bool:
    try:
        reader_of(request)
    except NotAllowedError:
        return False
    return True


def told(found: Health, everything: bool) -> dict[str, Any]:
    feeds = [
        {name: instant(value) for name, value in one.to_dict().items() if everything or name not in UNSAID} for one in found.feeds
    ]
    hidden = [] if everything else [f"the watcher: {problem}" for problem in found.look_problems]
    problems = [problem for problem in found.problems if problem not in hidden]
    problems += [f"{len(hidden)} things failed in the watcher's last look"] if hidden else []
    return {
        "status": "ok" if found.well else "failing", "at": instant(found.at), "problems": problems,
        "generation": found.generation, "as_of": instant(found.as_of), "watcher_looked_at": instant(found.looked_at),
        "feeds": feeds,
    }  # fmt: skip


def instant(value: Any) -> Any:
    return f"{value:%Y-%m-%dT%H:%M:%S}Z" if isinstance(value, datetime) else value
