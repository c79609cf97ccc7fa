import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import T0, write_clicks


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


def test_recommend_answers_in_text_and_in_json(small_set: Path) -> None:
    text = recsys("recommend", "--artifacts", small_set, "--user-id", 5, "-k", 4)
    assert text.returncode == 0, text.stderr
    assert " 4. " in text.stdout
    answer = recsys(
        "recommend",
        "--artifacts",
        small_set,
        "--user-id",
        5,
        "--device",
        "Tablet",
        "--country",
        "de",
        "--os",
        20,
        "--json",
    )
    content = json.loads(answer.stdout)
    assert len(content["recommendations"]) == 10
    assert content["user_profile"]["used"] == {"device": 4, "os": 20, "country": 10}
    assert content["user_profile"]["overrides_applied"] is True


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
        (["recommend", "--artifacts", "SET", "--user-id", "five"], 2, "not a valid integer"),
        (["recommend", "--artifacts", "SET", "--user-id", "5", "-k", "0"], 2, "not in the range"),
        (["recommend", "--artifacts", "/nowhere", "--user-id", "5"], 1, "holds no manifest.json"),
        (["train", "--data", "/nowhere", "--out", "/tmp/x"], 2, "is not a folder"),
        (["train", "--data", "LOG", "--out", "/tmp/x"], 2, "clicks_hour_000.csv line 3"),
        (["train", "--data", "LOG"], 2, "Missing option"),
        (["wish"], 2, "No such command"),
    ],
)
def test_errors_are_one_sentence(arguments: list[str], status: int, said: str, small_set: Path, tmp_path: Path) -> None:
    write_clicks(tmp_path, [(1, 1, 1, T0), (1, 1, 1, 5)])
    done = recsys(*(str({"SET": small_set, "LOG": tmp_path}.get(a, a)) for a in arguments))
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert done.stderr.startswith("recsys: ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
