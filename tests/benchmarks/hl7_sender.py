"""Sends HL7 messages of a department's day over MLLP, at a rate or as fast as they are acknowledged, and says when each was."""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

START, END = b"\x0b", b"\x1c\r"


def message(event: str, number: int, visit: str, site: str, happened: datetime) -> bytes:
    """happened: UTC."""
    at = f"{happened:%Y%m%d%H%M%S}+0000"
    pv1 = "|".join(["PV1", "1", "E", f"ED^^^{site}", *[""] * 15, visit])
    head = f"MSH|^~\\&|PAS|{site}|T|X|{at}||ADT^{event}|{visit}-{event}-{number}|P|2.5"
    return f"{head}\rPID|1||{visit}\r{pv1}".encode()


def of_one_connection(name: str, sites: list[str]) -> Iterator[tuple[str, str, str]]:
    """Event, visit and site, without end: each visit arrives, is placed in a room 20 visits later and leaves 40 later."""
    number = 0
    while True:
        site = sites[number % len(sites)]
        yield "A04", f"{name}-{number}", site
        for event, back in (("A02", 20), ("A03", 40)):
            if number >= back:
                yield event, f"{name}-{number - back}", sites[(number - back) % len(sites)]
        number += 1


async def sent(port: int, name: str, sites: list[str], every: float, until: float, acknowledged: dict[str, float]) -> int:
    """Messages acknowledged on one connection; when each arrival was, by visit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count, due = 0, time.time()
    for event, visit, site in of_one_connection(name, sites):
        due += every
        if (ahead := due - time.time()) > 0:
            await asyncio.sleep(ahead)
        if time.time() >= until:
            break
        writer.write(START + message(event, count, visit, site, datetime.now(UTC)) + END)
        if b"MSA|AA|" not in await reader.readuntil(END):
            raise RuntimeError(f"{event} of {visit} was not acknowledged as stored and read")
        count += 1
        if event == "A04":
            acknowledged[visit] = time.time()
    writer.close()
    return count


async def all_sent(port: int, name: str, sites: list[str], rate: float, seconds: float, connections: int) -> None:
    acknowledged: dict[str, float] = {}
    began = time.time()
    every = connections / rate if rate else 0.0
    counts = await asyncio.gather(*(
        sent(port, f"{name}-{number}", sites, every, began + seconds, acknowledged) for number in range(connections)
    ))  # fmt: skip
    print(json.dumps({"messages": sum(counts), "seconds": time.time() - began, "acknowledged": acknowledged}))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("port", type=int)
    asked.add_argument("name", help="begins the visit numbers")
    asked.add_argument("--sites", nargs="+", required=True)
    asked.add_argument("--rate", type=float, default=0.0, help="messages a second over all connections; 0: as fast as it goes")
    asked.add_argument("--seconds", type=float, default=30.0)
    asked.add_argument("--connections", type=int, default=8)
    told = asked.parse_args()
    asyncio.run(all_sent(told.port, told.name, told.sites, told.rate, told.seconds, told.connections))
