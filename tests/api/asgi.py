"""A request to the routes, in this process, as a server would make it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from json import loads
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.types import Message

from metrics.api import routes


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problems(self) -> list[str]:
        return list(loads(self.body)["problems"])


def get(path: str, headers: dict[str, str] | None = None, gone: bool = False, **params: Any) -> Got:
    """What GET of the path answers. `gone`: the reader hangs up at once.

    In a thread of its own: a browser test of the same process leaves its event loop running in the main one.
    """
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(asyncio.run, asked("GET", path, headers or {}, gone, params, b"")).result()


def post(path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> Got:
    """What POST (or another method) of the body answers."""
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(asyncio.run, asked(method, path, headers, False, {}, body)).result()


async def asked(method: str, path: str, headers: dict[str, str], gone: bool, params: dict[str, Any], body: bytes) -> Got:
    sent: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": urlencode(params, doseq=True).encode(), "root_path": "",
        "client": ("10.0.0.7", 4711),
        "server": ("timely", 80), "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    first = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        if gone:
            return {"type": "http.disconnect"}
        message = next(first, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    await Starlette(routes=routes())(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Got(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))
