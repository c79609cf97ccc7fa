"""Prints a checksum over everything that a set answers: equal before and after a change that must not change an answer.

python -m benchmarks.answer_digest --artifacts SET [--json FILE]

200 users, some with another context, some as new visitors, some without a retriever, at five moments of the replay
hours: lists, scores, features, candidates, profile and history of each answer, the same users as one batch, and what
explains their scores. With ``--json``, a checksum for each answer, to see which ones differ.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from recsys.artifacts.store import load
from recsys.core.entities import Request
from recsys.engine.engine import Engine
from recsys.engine.recommendation import Recommendation

USERS, MOMENTS = 200, 5
OVERRIDES: tuple[dict[str, int], ...] = ({}, {"device": 3}, {"os": 20, "country": 10}, {})


def requests(engine: Engine, time: int) -> list[Request]:
    """The requests as of a moment, ms; the same users at every moment."""
    users = np.random.default_rng(17).choice(engine.user_ids, USERS, replace=False).tolist()
    return [
        Request(
            user_id=None if number % 10 == 9 else user,
            overrides=OVERRIDES[number % len(OVERRIDES)],
            as_of=time,
            k=20,
            without=frozenset({"als"}) if number % 17 == 3 else frozenset(),
        )
        for number, user in enumerate(users)
    ]


def digest(*arrays: NDArray[Any]) -> str:
    """Over the bytes of arrays, their types and shapes."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def of_answer(answer: Recommendation) -> str:
    """Over every stage of an answer."""
    ranking, pool, profile = answer.ranking, answer.ranking.pool, answer.profile
    return digest(
        np.array(answer.articles), np.array(answer.scores), np.array([answer.ground_truth or -1]),
        ranking.features, ranking.scores, ranking.reranked, ranking.order,
        pool.items, pool.ranks, pool.scores, pool.joined_ranks, pool.starts,
        *(array for found in pool.candidates.values() for array in (found.items, found.scores)),
        np.array(profile.stored.codes()), np.array(profile.used.codes()),
        np.array([(one.article_id, one.time) for one in answer.history]),
    )  # fmt: skip


def of_set(engine: Engine) -> dict[str, str]:
    """A checksum for each answer, batch and explanation."""
    found: dict[str, str] = {}
    for number, time in enumerate(np.linspace(engine.start.time, engine.end, MOMENTS).astype(np.int64).tolist()):
        sent = requests(engine, time)
        found |= {f"moment {number}, request {row}": of_answer(engine.recommend(one)) for row, one in enumerate(sent)}
        batch = engine.rank([Request(one.user_id) for one in sent], engine.at(time))
        found[f"moment {number}, batch"] = digest(batch.top(20), batch.scores)
        found[f"moment {number}, explanations"] = digest(engine.reranker.contributions(batch.features[:USERS]))
    return found


@click.command()
@click.option("--artifacts", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "json_file", type=click.Path(path_type=Path))
def main(artifacts: Path, json_file: Path | None) -> None:
    """Answer, and print the checksum over all checksums."""
    found = of_set(load(artifacts).engine)
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=1) + "\n")
    click.echo(f"{hashlib.sha256(json.dumps(found).encode()).hexdigest()}  {artifacts}: {len(found)} checksums")


if __name__ == "__main__":
    main()
