"""The worked examples of CONTRIBUTING.md work as they are printed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from recsys.artifacts.open_sets import VARIABLE
from recsys.backtest.baselines.popular import PopularEver
from recsys.backtest.baselines.registry import BaselineEntry, alone
from recsys.cli import options
from recsys.core.entities import Request
from recsys.core.reasons import Reason
from recsys.core.types import DAY
from recsys.engine.engine import Engine
from recsys.ranking.features.layout import matrix
from recsys.ranking.features.registry import Feature, FeatureGroup, make_feature
from recsys.ranking.pool import Pool
from tests.shared import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def example(heading: str, language: str = "python") -> str:
    """The first code block of a section."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found, heading
    return found[1]


def test_the_retriever_is_the_one_that_is_tested() -> None:
    whole = (ROOT / "tests" / "extension" / "outside" / "newest.py").read_text()
    for line in example("A new retriever").splitlines():
        code = line.split("  #")[0].strip()
        if code.startswith(("return", "hours", "scores =", "live =", "name =", "class", "ENTRY")):
            assert code in whole, line
    entry = example("A new retriever", "toml")
    assert '"recsys.retrievers"' in entry
    assert "newest:ENTRY" in entry


def test_the_feature(engine: Engine) -> None:
    made: list[Feature] = []

    def feature(*arguments: Any, **named: Any) -> Any:
        return lambda function: made.append(make_feature(function, *arguments, **named))

    names = {
        "feature": feature,
        "GROUP": FeatureGroup("Visitor", Reason.JUST_READ),
        "Pool": Pool,
        "Values": np.ndarray,
        "DAY": DAY,
        "np": np,
    }
    exec(example("A new feature"), names)
    [weekend] = made
    moment = engine.at(engine.end)
    pool = engine.pool([Request()], moment)
    days = np.datetime64(engine.end, "ms").astype("datetime64[D]").item().weekday()
    assert set(weekend.function(pool).tolist()) == {days >= 5}
    assert set(matrix(pool, [weekend])[:, 0].tolist()) == {float(days >= 5)}, "worked out once, looked up for each row"
    assert weekend.reason is Reason.JUST_READ, "its group's"
    assert weekend.meaning == "Whether it is Saturday or Sunday (UTC)."


def test_the_page(small_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, entry = tmp_path / "checkout", tmp_path / "app" / "streamlit_app.py"
    shutil.copytree(ROOT / "pages", home / "pages")
    (home / "pages" / "sections.py").write_text(example("A new page"))
    program = (ROOT / "streamlit_app.py").read_text()
    line = example("A new page", "py")
    (home / "streamlit_app.py").write_text(program.replace("]\n", f"    {line.strip()},\n]\n", 1))
    entry.parent.mkdir()
    entry.symlink_to(home / "streamlit_app.py")
    monkeypatch.setenv(VARIABLE, str(small_set))
    app = AppTest.from_file(str(entry), default_timeout=60)
    app.switch_page(str(home / "pages" / "sections.py")).run()
    assert not app.exception
    assert app.title[0].value == "Which sections does this reader get?"
    app.session_state["table_of_sections"] = True
    assert app.run().dataframe[0].value["articles"].sum() == 10


def test_the_baseline() -> None:
    line = example("A new baseline")
    entries = eval("{" + line + "}", {"BaselineEntry": BaselineEntry, "alone": alone, "Random": PopularEver})
    assert not entries["random"].ensemble.is_reranked


def test_the_command(small_set: Path) -> None:
    names = {"click": click, "options": options, "Path": Path, "np": np}
    exec(example("A new command"), names)
    done = CliRunner().invoke(SimpleNamespace(**names).command, ["--artifacts", str(small_set)])
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) > 5
