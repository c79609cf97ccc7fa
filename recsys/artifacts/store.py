"""An engine as a set of artifacts, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from recsys.analysis.article_maps import ArticleMaps
from recsys.analysis.highlights import Highlights
from recsys.analysis.sample_visits import SampleVisit
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.manifest import Manifest
from recsys.artifacts.publishing import Content, publish
from recsys.core.settings import describe
from recsys.core.timestamps import iso, parse_time
from recsys.core.types import HOUR
from recsys.data.articles import TEXTS, Articles
from recsys.data.clicks import Clicks
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.histories import Histories
from recsys.data.names import IdNames, Names
from recsys.data.profiles import Profiles
from recsys.engine.candidates import CandidateEngine
from recsys.engine.engine import Engine
from recsys.engine.knowledge import Knowledge
from recsys.engine.moments import KeptMoments
from recsys.errors import ArtifactError
from recsys.evaluation.funnel import Funnel
from recsys.ranking.ensemble import Ensemble, EnsembleSettings
from recsys.ranking.network import Network
from recsys.ranking.reranker import Reranker
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.moment import Moment

LIBRARIES = ("numpy", "scipy", "lightgbm", "implicit", "torch", "pandas")
NAMED = ("users", "articles")
"""Kinds of ids that may be names."""
ARTICLE_COLUMNS = ("ids", "sections", "published", "words")
"""The columns of ``Articles`` that every set has."""
HISTORY_COLUMNS = ("origin", "offsets", "items", "starts")
LIVE_COLUMNS = ("clicks", "first", "tenth", "last")
"""The columns of ``LiveArticles``."""


@dataclass(frozen=True)
class LoadedSet:
    """An engine with what its set says about it."""

    engine: Engine
    manifest: Manifest
    funnel: Funnel
    """Of the requests that it was measured on."""
    visits: tuple[SampleVisit, ...]
    """Some visits of the replay hours, in the order of their times."""
    highlights: Highlights
    maps: ArticleMaps

    @property
    def showcase(self) -> tuple[SampleVisit, ...]:
        """Visits where the reranker found the next click and no single retriever did."""
        return tuple(visit for visit in self.visits if visit.only_reranked)


def save(
    folder: Path | str,
    engine: Engine,
    settings: EnsembleSettings,
    *,
    fingerprint: str,
    metrics: dict[str, dict[str, float]],
    measured: int,
    seconds: dict[str, float],
    peak_memory_mb: float,
    funnel: Funnel,
    visits: Sequence[SampleVisit],
    highlights: Highlights,
    maps: ArticleMaps,
) -> ArtifactSet:
    """Publish an engine; ``settings`` are its own, and those of its training where there are more."""
    manifest = _manifest(engine, settings).model_copy(
        update={
            "fingerprint": fingerprint,
            "features": list(engine.reranker.feature_names),
            "metrics": metrics,
            "measured": measured,
            "seconds": {stage: round(value, 2) for stage, value in seconds.items()},
            "peak_memory_mb": round(peak_memory_mb, 1),
        }
    )
    contents = _contents(engine)
    reranker = engine.reranker
    contents |= {"reranker/forest.txt": reranker.forest.encode(), "reranker/first_columns": reranker.first_columns}
    for part, network in (("first_stage", reranker.first_stage), ("network", reranker.network)):
        contents |= {f"reranker/{part}/{name}": array for name, array in network.state().items()}
    contents["funnel.json"] = funnel.model_dump_json().encode()
    contents["highlights.json"] = highlights.model_dump_json().encode()
    contents["visits.json"] = json.dumps([astuple(visit) for visit in visits]).encode()
    contents["maps/items"] = maps.items
    contents |= {f"maps/{name}": coordinates for name, coordinates in maps.coordinates.items()}
    return publish(folder, manifest, contents)


def load(folder: Path | str) -> LoadedSet:
    """Verify a set and make its engine.

    Raises:
        ArtifactError: something is wrong with the set; the message says what.
    """
    for attempt in range(3):
        found = ArtifactSet.open(folder)
        try:
            found.require_sound()
            return _read(found)
        except (ArtifactError, FileNotFoundError):
            # Published anew while we read? Then the manifest has changed, and the new set is the one to read.
            if attempt == 2 or ArtifactSet.open(folder).manifest == found.manifest:
                raise
    raise AssertionError("unreachable")


def save_candidates(folder: Path, engine: CandidateEngine) -> ArtifactSet:
    """Write an engine before it has a reranker, for those who make the rows of one."""
    return publish(folder, _manifest(engine, engine.ensemble.settings), _contents(engine))


def load_candidates(folder: Path) -> CandidateEngine:
    """The engine that ``save_candidates`` has written.

    Raises:
        ArtifactError: something is wrong with the set; the message says what.
    """
    found = ArtifactSet.open(folder)
    found.require_sound()
    return _read_candidates(found)


def _manifest(engine: CandidateEngine, settings: EnsembleSettings) -> Manifest:
    """What is known before anything is measured."""
    return Manifest(
        name=engine.dataset.name,
        title=engine.dataset.title,
        fingerprint="",
        trained_at=iso(engine.start.time),
        until=iso(engine.end),
        replay_hours=(engine.end - engine.start.time) // HOUR,
        counts={
            "articles": len(engine.articles),
            "users": len(engine.user_ids),
            "clicks": len(engine.histories.items),
            "replay_clicks": len(engine.replay),
        },
        settings=settings.model_dump(mode="json"),
        features=[],
        versions={name: _version(name) for name in LIBRARIES},
        metrics={},
        measured=0,
        seconds={},
        peak_memory_mb=0.0,
    )


def _contents(engine: CandidateEngine) -> dict[str, Content]:
    articles, histories, live = engine.articles, engine.histories, engine.start.live
    contents: dict[str, Content] = {
        "dataset.json": engine.dataset.model_dump_json(indent=1).encode(),
        "users": engine.user_ids,
        "profiles": engine.profiles.base,
    }
    contents |= {f"articles/{name}": getattr(articles, name) for name in ARTICLE_COLUMNS}
    for kind in NAMED:
        if (names := getattr(engine.names, kind)) is not None:
            contents[f"names/{kind}.json"] = names.to_json().encode()
    for name, texts in articles.texts.items():
        contents[f"articles/{name}s.json"] = json.dumps(texts.tolist(), ensure_ascii=False).encode()
    contents |= {f"histories/{name}": np.asarray(getattr(histories, name)) for name in HISTORY_COLUMNS}
    contents |= {f"replay/{name}": column for name, column in engine.replay.columns().items()}
    contents |= {f"live/{name}": getattr(live, name) for name in LIVE_COLUMNS}
    for name, retriever in engine.start.retrievers.items():
        contents |= {f"{name}/{key}": array for key, array in retriever.state().items()}
    return contents


def _read(found: ArtifactSet) -> LoadedSet:
    manifest = found.manifest
    if "reranker/forest.txt" not in found:
        raise ArtifactError(f"{found.folder} has no reranker: it is what a training leaves on its way.")
    candidates = _read_candidates(found)
    ensemble = candidates.ensemble
    by_name = {column.name: column for column in ensemble.features}
    if missing := [name for name in manifest.features if name not in by_name]:
        raise ArtifactError(f"{found.folder} needs the feature {missing[0]!r}, which this program does not have.")
    columns = tuple(by_name[name] for name in manifest.features)
    first_stage, network = (Network.from_state(found.arrays(f"reranker/{part}")) for part in ("first_stage", "network"))
    forest, first_columns = found.bytes("reranker/forest.txt").decode(), found.array("reranker/first_columns")
    reranker = Reranker(ensemble.settings.reranker, columns, first_columns, first_stage, network, forest)
    engine = Engine.completed(candidates, reranker)
    visits = tuple(SampleVisit(*visit) for visit in json.loads(found.bytes("visits.json")))
    arrays = found.arrays("maps")
    return LoadedSet(
        engine,
        manifest,
        Funnel.model_validate_json(found.bytes("funnel.json")),
        visits,
        Highlights.model_validate_json(found.bytes("highlights.json")),
        ArticleMaps(arrays.pop("items"), arrays),
    )


def _read_candidates(found: ArtifactSet) -> CandidateEngine:
    manifest = found.manifest
    ensemble = _ensemble(found)
    texts = {
        name: np.array(json.loads(found.bytes(f"articles/{name}s.json")), object)
        for name in TEXTS
        if f"articles/{name}s.json" in found
    }
    columns: dict[str, Any] = found.arrays("articles")
    articles = Articles(**columns, texts=texts)
    state = found.arrays("live")
    moment = parse_time(manifest.trained_at)
    live = LiveArticles(ensemble.settings.live_articles, articles, moment, *(state[name] for name in LIVE_COLUMNS))
    retrievers = {
        name: kind.restore(ensemble.settings.retrievers[name], found.arrays(name), live)
        for name, kind in ensemble.kinds.items()
    }
    replay = Clicks(**found.arrays("replay"))
    past: dict[str, Any] = found.arrays("histories")
    knowledge = Knowledge(
        articles=articles,
        user_ids=found.array("users"),
        histories=Histories(**past | {"origin": past["origin"].item()}),
        profiles=Profiles.from_clicks(found.array("profiles"), replay),
        replay=replay,
        end=parse_time(manifest.until),
        names=Names(
            **{
                kind: IdNames.from_json(found.bytes(f"names/{kind}.json").decode())
                for kind in NAMED
                if f"names/{kind}.json" in found
            }
        ),
    )
    dataset = DatasetSettings.model_validate_json(found.bytes("dataset.json"))
    return CandidateEngine(dataset, ensemble, knowledge, KeptMoments(Moment(live, retrievers)))


def _ensemble(found: ArtifactSet) -> Ensemble:
    """The ensemble of a set, with the settings that it was trained with."""
    own = {name: value for name, value in found.manifest.settings.items() if name in EnsembleSettings.model_fields}
    try:
        return Ensemble.of(EnsembleSettings.model_validate(own))
    except ValidationError as error:
        raise ArtifactError(f"{found.folder} has settings that this program does not know: {describe(error)}") from None


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"
