"""Settings as files: what may be left out, what is refused, what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from recsys.artifacts.store import LoadedSet
from recsys.cli.settings import as_toml
from recsys.core.settings import Settings
from recsys.errors import InputError
from recsys.training.settings import TrainingSettings
from tests.shared import SMALL, as_given


def read(folder: Path, text: str) -> TrainingSettings:
    (folder / "settings.toml").write_text(text)
    return TrainingSettings.read(folder / "settings.toml")


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = read(
        tmp_path, "[retrievers.als]\nfactors = 16\n[reranker]\ntrees = 30\n[reranker.first_stage]\ntrees = 12\n"
    )
    defaults = TrainingSettings().model_dump()
    expected = settings.model_dump()
    assert expected["retrievers"]["als"].pop("factors") == 16
    assert expected["reranker"].pop("trees") == 30
    assert expected["reranker"]["first_stage"].pop("trees") == 12
    del (
        defaults["retrievers"]["als"]["factors"],
        defaults["reranker"]["trees"],
        defaults["reranker"]["first_stage"]["trees"],
    )
    assert expected == defaults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tress = 3\n", "unknown setting 'tress'."),
        ("[reranker]\ntress = 3\n", "unknown setting 'reranker.tress'."),
        ("[retrievers.als]\nfactor = 3\n", "factor"),
        ("[retrievers.magic]\nx = 3\n", "unknown retriever 'magic'"),
        ('features = ["luck"]\n', "unknown feature 'luck'"),
        ("[retrievers.als]\nfactors = 0\n", "factors"),
        ("[retrievers.als]\nfactors = 'many'\n", "factors"),
        ("[holdout]\ntasks_per_hour = -1\n", "holdout.tasks_per_hour"),
        ("[reranker\n", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert str(refused.value).startswith(str(tmp_path / "settings.toml"))


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        TrainingSettings.read(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("settings", [TrainingSettings(), SMALL], ids=["default", "small"])
def test_what_is_printed_can_be_read_back(tmp_path: Path, settings: TrainingSettings) -> None:
    assert read(tmp_path, as_toml(settings)) == settings


def test_a_set_keeps_every_setting_and_works_with_its_own(loaded: LoadedSet) -> None:
    assert as_given(TrainingSettings.model_validate(loaded.manifest.settings)) == SMALL
    for name, retriever in loaded.engine.start.retrievers.items():
        assert retriever.settings == SMALL.retrievers[name]
    assert loaded.engine.reranker.settings == SMALL.reranker


def parts(settings: Settings) -> list[Settings]:
    """Settings and all that are in them."""
    inner: list[Any] = [value for _, value in settings]
    inner += [one for value in inner if isinstance(value, dict) for one in value.values()]
    return [settings, *(found for value in inner if isinstance(value, Settings) for found in parts(value))]


def test_no_setting_can_be_overwritten() -> None:
    everything = parts(TrainingSettings())
    assert len(everything) > 12
    for part in everything:
        for name in type(part).model_fields:
            with pytest.raises(ValidationError):
                setattr(part, name, getattr(part, name))
