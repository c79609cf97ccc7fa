"""Sends the API requests that no good client would, over sockets, and counts how they were answered.

python -m benchmarks.fuzz [--artifacts SET] [--requests 100000] [--seed 7]

Ends with status 1 where one was answered with 500 or not at all.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import aiohttp
import click
from tqdm import tqdm

from benchmarks.load import some_users
from benchmarks.running_app import running_app

AT_ONCE = 32
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 100, 101, 2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308,
    float("nan"), float("inf"), "", " ", "12345", "BR", "desktop", "Ä\u0000\ud800", "\u202e", "9" * 5000, "x" * 20_000,
    "2017-10-10T12:00:00Z", "2017-13-40", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-1", "1e5", [], [[]],
    [None], {}, {"": None}, {"device": {"device": {}}}, ["als", "als"], ["item_cf", "als", "popularity", "two_tower"],
)  # fmt: skip
FIELDS = ("user_id", "k", "env", "as_of", "history", "without", "explain", "device", "os", "country", "article_id",
          "time", "session_id", "id", "clicks", "__proto__")  # fmt: skip
ENDPOINTS = (("POST", "/api/reco"),) * 8 + (
    ("POST", "/api/explain"), ("GET", "/api/users/{}"), ("GET", "/api/health"), ("GET", "/api/{}"), ("GET", "/metrics")
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X")


class Fuzzer:
    """Makes up requests, the same for the same seed."""

    def __init__(self, seed: int, users: list[int]) -> None:
        self._random = random.Random(seed)
        self._users = users

    def request(self) -> tuple[str, str, bytes, dict[str, str]]:
        """Method, path, body and headers."""
        pick = self._random
        method, path = pick.choice(ENDPOINTS)
        if pick.random() < 0.05:
            method = pick.choice(METHODS)
        path = path.format(pick.choice((*self._users[:5], -1, 2**63, "x", "%00", "..%2f..", "9" * 400)))
        headers = {"Content-Type": pick.choice(("application/json",) * 40 + ("text/plain", "", "application/xml"))}
        return method, path, self._body(), headers

    def _body(self) -> bytes:
        body = self._fields()
        for _ in range(self._random.randrange(4)):
            self._spoil(body)
        text = json.dumps(body).encode()
        return self._random.choice((text,) * 6 + (self._torn(text), self._flipped(text), self._nested(), b""))

    def _fields(self) -> dict[str, Any]:
        pick = self._random
        fields: dict[str, Any] = {"user_id": pick.choice(self._users), "k": pick.randint(1, 100)}
        if pick.random() < 0.5:
            fields["env"] = {"device": pick.choice((1, "phone")), "country": pick.choice(("US", 10, "zz"))}
        if pick.random() < 0.3:
            times = range(1_507_900_000_000, 1_507_900_000_000 + pick.randrange(30))
            fields["history"] = [{"article_id": pick.randrange(400_000), "time": time} for time in times]
        return fields

    def _spoil(self, body: dict[str, Any]) -> None:
        pick = self._random
        places: list[dict[str, Any]] = [body, *(one for one in body.values() if isinstance(one, dict))]
        history = body.get("history")
        places += [one for one in history if isinstance(one, dict)][:2] if isinstance(history, list) else []
        spoils: tuple[Callable[[dict[str, Any]], object], ...] = (
            lambda at: at.update({pick.choice(FIELDS): deepcopy(pick.choice(ODD))}),
            lambda at: at.update({key: deepcopy(pick.choice(ODD)) for key in at}),
            lambda at: at.pop(next(iter(at), ""), None),
        )
        pick.choice(spoils)(pick.choice(places))

    def _torn(self, text: bytes) -> bytes:
        return text[: self._random.randrange(len(text) + 1)]

    def _flipped(self, text: bytes) -> bytes:
        spoiled = bytearray(text)
        for _ in range(self._random.randint(1, 4)):
            spoiled[self._random.randrange(len(spoiled))] = self._random.randrange(256)
        return bytes(spoiled)

    def _nested(self) -> bytes:
        depth = self._random.choice((100, 5_000, 30_000))
        return b"[" * depth + b"]" * self._random.choice((depth, 0))


async def send(address: str, fuzzer: Fuzzer, requests: int) -> tuple[Counter[int], list[str]]:
    """Send them, some at a time; how they were answered (0: not at all), and those that should not have been so."""
    statuses: Counter[int] = Counter()
    bad: list[str] = []
    left = iter(tqdm(range(requests), mininterval=2.0))

    async def client() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as session:
            for _ in left:
                method, path, body, headers = fuzzer.request()
                try:
                    async with session.request(method, f"{address}{path}", data=body, headers=headers) as answer:
                        await answer.read()
                        status = answer.status
                except (aiohttp.ClientError, TimeoutError) as error:
                    status = 0
                    headers["error"] = repr(error)
                statuses[status] += 1
                if status in (0, 500):
                    bad.append(f"{status} {method} {path} {headers} {body[:300]!r}")

    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return statuses, bad


@click.command()
@click.option("--artifacts", type=click.Path(path_type=Path), help="Another set than artifacts/demo.")
@click.option("--requests", default=100_000, show_default=True)
@click.option("--seed", default=7, show_default=True)
def main(artifacts: Path | None, requests: int, seed: int) -> None:
    """Send them, and print how they were answered."""
    fuzzer = Fuzzer(seed, some_users(artifacts))
    with running_app(artifacts, log=Path("/dev/null"), RECSYS_RATE="100000/second") as address:
        statuses, bad = asyncio.run(send(address, fuzzer, requests))
    click.echo(json.dumps({str(status): count for status, count in sorted(statuses.items())}))
    for line in bad[:20]:
        click.echo(line)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
