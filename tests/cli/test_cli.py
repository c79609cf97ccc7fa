import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from recsys.cli.group import main
from recsys.training.settings import TrainingSettings
from tests.helpers import T0, write_clicks
from tests.shared import SMALL, as_given


def recsys(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "recsys", *map(str, arguments)], capture_output=True, text=True, timeout=300
    )


def test_simulate_writes_a_log_and_never_over_something(tmp_path: Path) -> None:
    done = recsys("simulate", "--out", tmp_path / "log", "--users", 200, "--days", 1)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "log" / "clicks").iterdir())) == 24
    again = recsys("simulate", "--out", tmp_path / "log", "--users", 200)
    assert again.returncode == 2
    assert "not an empty folder" in again.stderr


def test_recommend_answers_in_text_and_in_json(small_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = recsys("recommend", "--artifacts", small_set, "--user-id", 5, "-k", 4)
    assert text.returncode == 0, text.stderr
    assert " 4. " in text.stdout
    context = ["--device", "Tablet", "--country", "de", "--os", "20"]
    main(["recommend", "--artifacts", str(small_set), "--user-id", "5", *context, "--json"])
    content = json.loads(capsys.readouterr().out)
    assert len(content["recommendations"]) == 10
    assert content["user_profile"]["used"] == {"device": 4, "os": 20, "country": 10}
    assert content["user_profile"]["overrides_applied"] is True


def test_settings_of_a_set_and_the_defaults(small_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["settings"])
    assert TrainingSettings.model_validate(tomllib.loads(capsys.readouterr().out)) == TrainingSettings()
    main(["settings", str(small_set)])
    printed = capsys.readouterr().out
    assert as_given(TrainingSettings.model_validate(tomllib.loads(printed))) == SMALL
    assert "# The reranker learns from up to so many next-click tasks of each hour." in printed


def test_report_writes_one_file(small_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "some" / "view.html"
    main(["report", "--artifacts", str(small_set), "--user-id", "5", "--device", "tablet", "--out", str(out)])
    assert str(out) in capsys.readouterr().out
    page = out.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "reader 5" in page
    assert "tablet" in page


def test_compare_sets_prints_writes_and_ends_with_1_where_the_new_one_is_worse(
    small_set: Path, older_set: Path, newsroom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--json", str(tmp_path / "found.json"), "--html", str(tmp_path / "found.html")]
    main(["compare-sets", str(older_set), str(small_set), "--data", str(newsroom), "--limit", "25", *files])
    printed = capsys.readouterr().out
    found = json.loads((tmp_path / "found.json").read_text())
    ndcg = found["metrics"]["ndcg@20"]
    assert f"{ndcg['old']:.4f}" in printed
    assert f"{ndcg['new']:.4f}" in printed
    assert "visitor: returning" in printed
    assert f"{ndcg['difference']:+.4f}" in (tmp_path / "found.html").read_text()
    low, high = ndcg["interval"]
    assert 0 < low < ndcg["difference"] < high
    back = ["compare-sets", str(small_set), str(older_set), "--data", str(newsroom), "--limit", "25"]
    with pytest.raises(SystemExit) as end:
        main(back)
    assert end.value.code == 1
    assert "The new set is worse" in capsys.readouterr().out
    main([*back, "--tolerance", "0.5"])


def test_compare_sets_without_a_log_asks_the_kept_visits(
    small_set: Path, older_set: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["compare-sets", str(older_set), str(small_set)])
    assert "of the visits that the sets keep" in capsys.readouterr().out


def test_verify(small_set: Path, tmp_path: Path) -> None:
    done = recsys("verify", small_set)
    assert done.returncode == 0
    assert "is sound" in done.stdout
    assert recsys("verify", tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["recommend", "--artifacts", "SET", "--user-id", "99999999"], 2, "Unknown reader 99999999"),
        (["recommend", "--artifacts", "SET", "--user-id", "5", "--device", "toaster"], 2, "Unknown device 'toaster'"),
        (["recommend", "--artifacts", "SET", "--user-id", "5", "--as-of", "yesterday"], 2, "is not a time like"),
        (["recommend", "--artifacts", "SET", "--user-id", "5", "--as-of", "2001-01-01"], 2, "outside the hours"),
        (["recommend", "--artifacts", "SET", "--user-id", "five"], 2, "'five' is not a reader id"),
        (["recommend", "--artifacts", "SET", "--user-id", "5", "-k", "0"], 2, "not in the range"),
        (["recommend", "--artifacts", "/nowhere", "--user-id", "5"], 1, "holds no manifest.json"),
        (["train", "--data", "/nowhere", "--out", "/tmp/x"], 2, "/nowhere does not exist"),
        (["train", "--data", "LOG", "--out", "/tmp/x"], 2, "clicks_hour_000.csv line 3"),
        (["train", "--data", "LOG"], 2, "Missing option"),
        (
            ["train", "--data", "LOG", "--out", "/tmp/x", "--settings", "SETTINGS"],
            2,
            "unknown setting 'reranker.tress'",
        ),
        (["compare-sets", "SET", "/nowhere"], 1, "holds no manifest.json"),
        (["compare-sets", "SET", "SET", "--data", "/nowhere"], 2, "/nowhere does not exist"),
        (["compare-sets", "SET", "SET", "--tolerance", "-1"], 2, "not in the range"),
        (
            ["report", "--artifacts", "SET", "--user-id", "99999999", "--out", "/tmp/x.html"],
            2,
            "Unknown reader 99999999",
        ),
        (["report", "--artifacts", "SET", "--user-id", "5", "--out", "/proc/x.html"], 1, "can't be written"),
        (["backtest", "--data", "LOG", "--protocol", "freshness", "--windows", "1:2", "--windows", "3:4"], 2, "once"),
        (["simulate", "--out", "/proc/x"], 1, "can't be read or written"),
        (["settings", "/nowhere"], 1, "holds no manifest.json"),
        (["wish"], 2, "No such command"),
    ],
)
def test_errors_are_one_sentence(
    arguments: list[str], status: int, said: str, small_set: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_clicks(tmp_path, [(1, 1, 1, T0), (1, 1, 1, 5)])
    settings = tmp_path / "settings.toml"
    settings.write_text("[reranker]\ntress = 3\n")
    names = {"SET": small_set, "LOG": tmp_path, "SETTINGS": settings}
    with pytest.raises(SystemExit) as end:
        main([str(names.get(argument, argument)) for argument in arguments])
    written = capfd.readouterr().err
    assert end.value.code == status, written
    assert said in written
    assert written.startswith("recsys: ")
    assert written.count("\n") == 1
