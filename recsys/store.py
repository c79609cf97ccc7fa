"""An engine as a set of artifacts, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from recsys import domain
from recsys.artifacts import ArtifactSet, Content, Manifest, publish
from recsys.data.clicklog import Articles, Clicks, Histories
from recsys.data.profiles import Profiles
from recsys.data.settings import DatasetSettings
from recsys.domain import ENSEMBLE, HOUR
from recsys.engine import Engine, Moment
from recsys.errors import ArtifactError
from recsys.evaluation.maps import Maps
from recsys.ranking.reranker import Reranker
from recsys.retrieval.live import LiveArticles
from recsys.retrieval.registry import RETRIEVERS
from recsys.times import iso, parse

FIRST = 10
"""How far down a list somebody is taken to look."""
LIBRARIES = ("numpy", "scipy", "lightgbm", "implicit", "torch", "pandas")
_LIVE = ("clicks", "first", "tenth", "last")


@dataclass(frozen=True)
class Visit:
    """A user just before a click, and where each system put the article that it opened, from 1; 0: nowhere."""

    user_id: int
    as_of: int
    places: Mapping[str, int]

    @property
    def best_alone(self) -> int:
        """The best place that a single retriever gave it, 0 where none did."""
        return min((place for name, place in self.places.items() if place and name != ENSEMBLE), default=0)

    @property
    def only_reranked(self) -> bool:
        """Whether the reranked list has it among the first ten, and no single retriever has."""
        return 0 < self.places[ENSEMBLE] <= FIRST and not 0 < self.best_alone <= FIRST


@dataclass(frozen=True)
class LoadedSet:
    """An engine with what is known of it."""

    engine: Engine
    manifest: Manifest
    visits: tuple[Visit, ...]
    """Some visits of the replay hours, in the order of their times."""
    maps: Maps

    @property
    def showcase(self) -> tuple[Visit, ...]:
        """Visits where the reranker found the next click and no single retriever did."""
        return tuple(visit for visit in self.visits if visit.only_reranked)


def save(
    folder: Path | str,
    engine: Engine,
    *,
    fingerprint: str,
    metrics: dict[str, dict[str, float]],
    measured: int,
    seconds: dict[str, float],
    peak_memory_mb: float,
    visits: Sequence[Visit],
    maps: Maps,
) -> ArtifactSet:
    """Publish an engine."""
    manifest = _manifest(engine, fingerprint).model_copy(
        update={
            "metrics": metrics,
            "measured": measured,
            "seconds": {stage: round(value, 2) for stage, value in seconds.items()},
            "peak_memory_mb": round(peak_memory_mb, 1),
        }
    )
    return publish(folder, manifest, _contents(engine, visits, maps))


def save_unranked(folder: Path, engine: Engine) -> ArtifactSet:
    """Write an engine before it has a reranker, for those who make the rows of one."""
    none = Maps(np.empty(0, np.int32), {})
    return publish(folder, _manifest(engine, ""), _contents(engine, [], none))


def _manifest(engine: Engine, fingerprint: str) -> Manifest:
    """What is known before anything is measured."""
    return Manifest(
        name=engine.settings.name,
        title=engine.settings.title,
        fingerprint=fingerprint,
        trained_at=iso(engine.start.time),
        until=iso(engine.end),
        replay_hours=(engine.end - engine.start.time) // HOUR,
        counts={
            "articles": len(engine.articles),
            "users": len(engine.user_ids),
            "clicks": len(engine.histories.items),
            "replay_clicks": len(engine.replay),
        },
        settings={name: _constants(cls.__module__) for name, cls in RETRIEVERS.items()}
        | {"reranker": _constants(Reranker.__module__)},
        features=[] if engine.reranker is None else list(engine.reranker.feature_names),
        versions={name: _version(name) for name in LIBRARIES},
        metrics={},
        measured=0,
        seconds={},
        peak_memory_mb=0.0,
    )


def load(folder: Path | str, *, ranked: bool = True) -> LoadedSet:
    """Verify a set and make its engine; with a reranker, if it is not to be ``save_unranked``.

    Raises:
        ArtifactError: something is wrong with the set; the message says what.
    """
    for attempt in range(3):
        found = ArtifactSet.open(folder)
        try:
            found.require_sound()
            loaded = _read(found)
            break
        except (ArtifactError, FileNotFoundError):
            # Published anew while we read? Then the manifest has changed, and the new set is the one to read.
            if attempt == 2 or ArtifactSet.open(folder).manifest == found.manifest:
                raise
    if ranked and loaded.engine.reranker is None:
        raise ArtifactError(f"{folder} has no reranker: it is what a training leaves on its way.")
    return loaded


def _contents(engine: Engine, visits: Sequence[Visit], maps: Maps) -> dict[str, Content]:
    articles, histories, live = engine.articles, engine.histories, engine.start.live
    texts = () if engine.reranker is None else engine.reranker.texts
    contents: dict[str, Content] = {
        "dataset.json": engine.settings.model_dump_json(indent=1).encode(),
        "visits.json": json.dumps([astuple(visit) for visit in visits]).encode(),
        "maps/items": maps.items,
        "users": engine.user_ids,
        "profiles": engine.profiles.base,
    }
    contents |= {f"reranker/{number}.txt": text.encode() for number, text in enumerate(texts)}
    contents |= {f"articles/{name}": getattr(articles, name) for name in ("ids", "sections", "published", "words")}
    if articles.titles is not None:
        contents["articles/titles.json"] = json.dumps(articles.titles.tolist(), ensure_ascii=False).encode()
    contents |= {f"histories/{one.name}": np.asarray(getattr(histories, one.name)) for one in fields(Histories)}
    contents |= {f"replay/{column.name}": getattr(engine.replay, column.name) for column in fields(Clicks)}
    contents |= {f"live/{name}": getattr(live, name) for name in _LIVE}
    contents |= {f"maps/{name}": places for name, places in maps.places.items()}
    for name, retriever in engine.start.retrievers.items():
        contents |= {f"{name}/{key}": array for key, array in retriever.state().items()}
    return contents


def _read(found: ArtifactSet) -> LoadedSet:
    manifest = found.manifest
    titles = json.loads(found.bytes("articles/titles.json")) if "articles/titles.json" in found else None
    columns: dict[str, Any] = found.arrays("articles")
    articles = Articles(**columns, titles=None if titles is None else np.array(titles, object))
    moment = parse(manifest.trained_at)
    state = found.arrays("live")
    live = LiveArticles(articles, moment, state["clicks"], state["first"], state["tenth"], state["last"])
    retrievers = {name: cls.restore(found.arrays(name), live) for name, cls in RETRIEVERS.items()}
    replay = Clicks(**found.arrays("replay"))
    texts = found.texts("reranker")
    past: dict[str, Any] = found.arrays("histories")
    engine = Engine(
        settings=DatasetSettings.model_validate_json(found.bytes("dataset.json")),
        articles=articles,
        user_ids=found.array("users"),
        histories=Histories(**past | {"origin": past["origin"].item()}),
        profiles=Profiles.from_clicks(found.array("profiles"), replay),
        start=Moment(live, retrievers),
        replay=replay,
        end=parse(manifest.until),
        reranker=Reranker((texts[0], texts[1]), tuple(manifest.features)) if texts else None,
    )
    visits = tuple(Visit(*visit) for visit in json.loads(found.bytes("visits.json")))
    arrays = found.arrays("maps")
    return LoadedSet(engine, manifest, visits, Maps(arrays.pop("items"), arrays))


def _constants(module: str) -> dict[str, Any]:
    """The settings of a part: the constants at the top of its file, but for units and the like."""
    own = {name: value for name, value in vars(sys.modules[module]).items() if not hasattr(domain, name)}
    return {
        name: value for name, value in own.items() if name.isupper() and not name.startswith("_") and _is_plain(value)
    }


def _is_plain(value: object) -> bool:
    if not isinstance(value, int | float | str | tuple | dict):
        return False
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
