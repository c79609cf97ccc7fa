import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.calibration import measures
from recsys.core.entities import CONTEXT_FIELDS
from recsys.data.click_log import ClickLog
from recsys.data.loader import load
from recsys.data.newsroom import simulate


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, users=300, days=2, seed=seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_it_reads_like_a_published_log(newsroom: Path, log: ClickLog) -> None:
    assert len(list((newsroom / "clicks").iterdir())) == 96
    assert log.dataset.label("country", 10) == "DE"
    titles = pd.Series(log.articles.texts["title"])
    assert titles.str.len().between(8, 120).all()
    assert not titles.str.contains(r"[{}]").any()
    assert titles.nunique() > 0.8 * len(titles)
    assert set(log.articles.sections.tolist()) == set(range(1, 16))


def test_nobody_reads_an_article_before_it_is_online(log: ClickLog) -> None:
    created = log.articles.published - 3 * 3_600_000
    assert (log.clicks.times >= created[log.clicks.items]).all()


@pytest.mark.parametrize("field", ["device", "os", "country"])
def test_tastes_depend_on_the_context(log: ClickLog, field: str) -> None:
    """The sections that two groups read differ by far more than chance within one group allows."""
    code = log.clicks.contexts[:, CONTEXT_FIELDS.index(field)]
    first, second = pd.Series(code).value_counts().index[:2]
    sections = log.articles.sections[log.clicks.items]

    def shares(which: np.ndarray) -> np.ndarray:
        return np.bincount(sections[which], minlength=16) / which.sum()

    odd = log.clicks.users % 2 == 1
    between = np.abs(shares(code == first) - shares(code == second)).sum()
    within = np.abs(shares((code == first) & odd) - shares((code == first) & ~odd)).sum()
    assert between > 1.5 * within


@pytest.mark.real
def test_calibrated_to_the_real_log_within_a_fifth(globo: Path, tmp_path: Path) -> None:
    simulate(tmp_path)
    ours, theirs = measures(load(tmp_path)[0]), measures(load(globo)[0])
    off = {name: ours[name] / real for name, real in theirs.items() if not 0.8 <= ours[name] / real <= 1.2}
    assert off == {}
