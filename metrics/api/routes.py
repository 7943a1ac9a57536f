"""The two routes: /api/query/NAME.FORM and /api/observe/METRIC.FORM; FORM is csv, json or parquet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import duckdb
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from metrics import warehouse
from metrics.api import asking, fhir, health, replies
from metrics.api.access import NotAllowedError, Reader, reader_of
from metrics.api.here import home_here
from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.observe import Slice
from metrics.workbench.running import Running, UnansweredError
from metrics.workbench.turns import TURNS

LOOK = 0.05  # seconds between looks at whether the answer is there, and whether its reader has gone away
log = logging.getLogger(__name__)
Answering = Callable[[Request, Home, Reader, str, str], Awaitable[Response]]


def routes() -> list[Route]:
    """What `st.App` serves beside the pages."""
    return [
        Route("/api/query/{name}.{form}", answered_by(query)),
        Route("/api/observe/{name}.{form}", answered_by(observe)),
        Route("/api/{rest:path}", nowhere),
        *fhir.routes(),
        *health.routes(),
    ]


def answered_by(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint: who asks, of which home, in which form; whatever goes wrong is told as sentences."""

    async def endpoint(request: Request) -> Response:
        name, form = request.path_params["name"], request.path_params["form"]
        try:
            reader = reader_of(request)
            if form not in replies.TYPES:
                return replies.refused(404, f"there is no form '{form}'.{did_you_mean(form, list(replies.TYPES))}")
            repeated = {key for key in request.query_params if len(request.query_params.getlist(key)) > 1}
            if repeated:
                return replies.refused(400, *(f"{key} is given more than once" for key in sorted(repeated)))
            home = await run_in_threadpool(home_here)
            return await answering(request, home, reader, name, form)
        except NotAllowedError as problem:
            return replies.refused(401, str(problem))
        except UserError as problem:
            return replies.refused(status_of(problem), *(sentence.removeprefix("--") for sentence in problem.problems))
        except (duckdb.Error, OSError) as problem:
            log.exception("an answer could not be made")
            return replies.refused(503, f"the data could not be read ({type(problem).__name__}); ask again in a moment")

    return endpoint


def status_of(problem: UserError) -> int:
    if isinstance(problem, asking.UnknownError):
        return 404
    return replies.OUTCOMES.get(getattr(problem, "outcome", ""), 400)


async def query(request: Request, home: Home, reader: Reader, name: str, form: str) -> Response:
    """A saved question's rows. It is cancelled when its reader goes away."""
    generation = await run_in_threadpool(warehouse.current, home.path)
    asked = await run_in_threadpool(asking.question_asked, home, name, dict(request.query_params))
    limits = [home.settings.query.model_dump(), home.settings.suppression.policy]
    tag = replies.tag_of(generation, form, asked.question.sql, asked.params, limits) if asked.repeats else None
    if tag and replies.is_known(request, tag):
        return replies.not_modified(generation, tag)
    running = Running(home, generation, asked.question.sql, asked.params, reader.name, name, "api", reader.verified).start()
    while not running.done:
        if await request.is_disconnected():
            running.cancel()
        await asyncio.sleep(LOOK)
    result = running.result()
    answer = await run_in_threadpool(asking.answered, home, generation, result.frame, result.truncated)
    return await run_in_threadpool(replies.reply, answer, form, tag, name)


async def observe(request: Request, home: Home, reader: Reader, name: str, form: str) -> Response:
    """A slice of a metric."""
    generation = await run_in_threadpool(warehouse.current, home.path)
    asked, version = await run_in_threadpool(asking.slice_asked, home, name, dict(request.query_params))
    tag = replies.tag_of(generation, form, asked, version, home.settings.query.rows, home.settings.suppression.policy)
    if replies.is_known(request, tag):
        return replies.not_modified(generation, tag)
    return await run_in_threadpool(in_turn, home, generation, reader, lambda answer: replies.reply(answer, form, tag, name), asked)


def in_turn(
    home: Home, generation: warehouse.Generation, reader: Reader, made: Callable[[replies.Answer], Response], asked: Slice
) -> Response:
    """The figures, when it is the reader's turn: a metric's slice may take as long as a query."""
    with TURNS.of(reader.name) as turn:
        if turn.why_not:
            raise UnansweredError("busy", turn.why_not)
        return made(asking.observed(home, generation, asked))


async def nowhere(request: Request) -> Response:
    return replies.refused(
        404, "there is /api/query/NAME.csv and /api/observe/METRIC.csv; .json and .parquet as well. See docs/api.md"
    )
