import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.manifest import MANIFEST, VERSION
from recsys.artifacts.store import load
from recsys.core.entities import Request
from recsys.errors import ArtifactError
from recsys.ranking.ensemble import DEFAULT, Ensemble
from recsys.ranking.reranker_settings import RerankerSettings
from recsys.training.settings import TrainingSettings
from tests.shared import DEMO, ROOT, SMALL, as_given

# Damages every file of a set in every way, one at a time, and prints what verifying and loading say. It runs in a
# process of its own: if anything were parsed before it is checked, that process would die.
DAMAGE = """
import json, sys
from pathlib import Path
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.store import load
from recsys.errors import ArtifactError

folder = Path(sys.argv[1])
found = ArtifactSet.open(folder)
names = list(found.manifest.files)
paths = {name: folder / found.manifest.home / name for name in names} | {"manifest.json": folder / "manifest.json"}

def flip(path, raw):
    middle = len(raw) // 2
    path.write_bytes(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1:])

def swap(path, raw):
    other = next(p for p in paths.values() if p != path and p.read_bytes() != raw)
    path.write_bytes(other.read_bytes())

damages = {
    "flip": flip,
    "cut": lambda path, raw: path.write_bytes(raw[: len(raw) * 2 // 3]),
    "empty": lambda path, raw: path.write_bytes(b""),
    "missing": lambda path, raw: path.unlink(),
    "swap": swap,
    "lfs": lambda path, raw: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\\noid sha256:0\\nsize 1\\n"),
}
for name, path in paths.items():
    raw = path.read_bytes()
    for damage, do in damages.items():
        do(path, raw)
        try:
            load(folder)
            said = "nothing"
        except ArtifactError as error:
            said = str(error)
        path.write_bytes(raw)
        print(json.dumps([name, damage, said]), flush=True)
load(folder)
print(json.dumps(["whole", "none", "fine"]))
"""


@pytest.fixture
def copy(small_set: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_set, tmp_path / "set"))


def test_any_damage_to_any_file_is_told_and_never_crashes(copy: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DAMAGE, str(copy)], capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert told[-1] == ["whole", "none", "fine"]
    files = {name for name, _, _ in told[:-1]}
    assert len(files) == len(ArtifactSet.open(copy).manifest.files) + 1
    assert len(told) == 6 * len(files) + 1
    words = {
        "missing": "missing",
        "lfs": "Git LFS pointer",
        "swap": "contains the contents of",
        "cut": "bytes",
        "flip": "damaged",
    }
    for name, damage, said in told[:-1]:
        assert name in said, (name, damage, said)
        if name != MANIFEST and damage in words:
            assert words[damage] in said, (name, damage, said)


def test_a_later_version_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | {"version": 99}))
    with pytest.raises(
        ArtifactError, match=f"has version 99 of the format; this program reads version {VERSION}. Update the program"
    ):
        load(copy)


def test_no_set_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="recsys train"):
        load(tmp_path)


def test_the_manifest_names_what_the_design_asks_for(small_set: Path) -> None:
    manifest = ArtifactSet.open(small_set).manifest
    entry = manifest.files["als/factors.npy"]
    assert entry.shape is not None
    assert entry.dtype == "float32"
    usual = Ensemble.of(DEFAULT.settings.model_copy(update={"beside": ("als",)}))
    assert manifest.features == [one.name for one in usual.features]
    assert manifest.settings["beside"] == ["als"]
    assert manifest.settings["retrievers"]["als"]["factors"] == entry.shape[1]
    assert manifest.metrics["ensemble"]["ndcg@20"] > 0
    assert manifest.versions["torch"].startswith("2.13.0")
    assert manifest.replay_hours == 24


def test_the_demo_set_is_sound_small_and_better_than_its_parts() -> None:
    found = ArtifactSet.open(DEMO)
    assert list(found.problems()) == []
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) <= 25_000_000
    metrics = found.manifest.metrics
    best_alone = max(values["ndcg@20"] for name, values in metrics.items() if name != "ensemble")
    assert metrics["ensemble"]["ndcg@20"] > 1.05 * best_alone
    assert len(load(DEMO).engine.recommend(Request()).articles) == 10


PUBLISH = """
import sys
import numpy as np
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.publishing import publish
folder, fill = sys.argv[1], int(sys.argv[2])
manifest = ArtifactSet.open(folder).manifest
print("go", flush=True)
while True:
    fill += 2
    publish(folder, manifest, {f"part/{n}": np.full(4_000, fill) for n in range(6)})
"""


def test_killed_while_publishing_leaves_the_old_or_the_new_set(small_set: Path, tmp_path: Path) -> None:
    from recsys.artifacts.publishing import publish

    folder = tmp_path / "set"
    manifest = ArtifactSet.open(small_set).manifest
    start = time.perf_counter()
    publish(folder, manifest, {f"part/{n}": np.full(4_000, 1) for n in range(6)})
    took = time.perf_counter() - start
    rng = np.random.default_rng(5)
    seen = set()
    for attempt in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, str(folder), str(100 * attempt)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(float(rng.uniform(0, 5 * took)))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        found = ArtifactSet.open(folder)
        assert list(found.problems()) == []
        values = {int(value) for n in range(6) for value in np.unique(found.array(f"part/{n}"))}
        assert len(values) == 1, "every file is of the same set"
        seen |= values
    assert len(seen) > 3, "some kills came after a set was whole"
    publish(folder, manifest, {"part/0": np.zeros(3)})
    assert len(list(folder.iterdir())) == 2, "what the killed left behind is cleared away"


RACE = """
import sys
import numpy as np
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.publishing import publish
from recsys.errors import RecsysError
folder = sys.argv[1]
manifest = ArtifactSet.open(folder).manifest
print("ready", flush=True)
for line in sys.stdin:
    try:
        publish(folder, manifest, {f"part/{n}": np.full(500, int(line)) for n in range(3)})
        print(line.strip(), flush=True)
    except RecsysError as error:
        print(error, flush=True)
"""
ROUNDS = 1_000


def test_of_two_who_publish_at_once_one_wins_and_the_other_says_so(small_set: Path, tmp_path: Path) -> None:
    from recsys.artifacts.publishing import publish

    folder = tmp_path / "set"
    publish(folder, ArtifactSet.open(small_set).manifest, {"part/0": np.zeros(3)})
    command = [sys.executable, "-c", RACE, str(folder)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]

    def said(one: "subprocess.Popen[str]") -> str:
        assert one.stdout is not None
        return one.stdout.readline().strip()

    assert [said(one) for one in both] == ["ready", "ready"]
    refused = 0
    for number in range(ROUNDS):
        for which, one in enumerate(both):
            assert one.stdin is not None
            one.stdin.write(f"{2 * number + which}\n")
            one.stdin.flush()
        answers = [said(one) for one in both]
        found = ArtifactSet.open(folder)
        assert list(found.problems()) == []
        values = {int(value) for n in range(3) for value in np.unique(found.array(f"part/{n}"))}
        assert len(values) == 1
        assert str(values.pop()) in answers, "the set is the one of a publisher who reported success"
        refused += sum("another process is publishing there" in answer for answer in answers)
        assert any(answer.isdecimal() for answer in answers)
    for one in both:
        one.kill()
    assert refused > ROUNDS / 20, "the two met"


def test_a_reader_of_the_old_set_goes_on_while_a_new_one_is_published(copy: Path, small_set: Path) -> None:
    from recsys.artifacts.publishing import contents_of, publish

    engine = load(copy).engine
    before = engine.recommend(Request()).articles
    other = ArtifactSet.open(small_set)
    publish(copy, other.manifest, contents_of(other))
    assert engine.recommend(Request()).articles == before
    assert load(copy).engine.recommend(Request()).articles == before


GOES_ON = """
import sys
from recsys.artifacts.store import load
from recsys.core.entities import Request
engine = load(sys.argv[1]).engine
for line in sys.stdin:
    asked = [Request(user) for user in engine.user_ids[:: len(engine.user_ids) // 50].tolist()]
    print([one.articles for one in engine.recommend_all(asked)], flush=True)
"""


@pytest.mark.parametrize("what", ["copied over", "cut short", "changed in place"])
def test_answers_go_on_whatever_becomes_of_the_files_of_the_set_in_use(copy: Path, what: str) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", GOES_ON, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert server.stdin is not None
    assert server.stdout is not None

    def answers() -> str:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("\n")
        server.stdin.flush()
        return server.stdout.readline()

    before = answers()
    files = ArtifactSet.open(copy).manifest.files
    for name in files:
        path = copy / ArtifactSet.open(copy).manifest.home / name
        content = path.read_bytes()
        with path.open("r+b") as file:  # the same file, as ``cp`` writes it
            if what == "changed in place":
                file.write(bytes(255 - one for one in content))
            else:
                file.truncate(0)
                file.write(content if what == "copied over" else b"")
    assert answers() == before
    server.stdin.close()
    assert server.wait() == 0


FULL = """
import resource, signal, sys
import numpy as np
from recsys.artifacts.artifact_set import ArtifactSet
from recsys.artifacts.publishing import publish
from recsys.errors import RecsysError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    publish(sys.argv[1], ArtifactSet.open(sys.argv[1]).manifest, {"small": np.zeros(3), "large": np.zeros(100_000)})
except RecsysError as error:
    print(error)
"""


def test_a_failed_publishing_leaves_the_old_set(copy: Path) -> None:
    """No more than 50 KB fit into a file: the disk is full while the second file is written."""
    before = (copy / MANIFEST).read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL, str(copy)], capture_output=True, text=True, timeout=60)
    assert "File too large. What was there is still in use." in done.stdout, done.stderr
    assert (copy / MANIFEST).read_bytes() == before
    assert len(list(copy.iterdir())) == 2, "the draft is cleared away"
    load(copy)


def test_a_set_is_read_with_its_own_settings(small_set: Path) -> None:
    """Not with those of the code: the small set's forest and walk are smaller than the defaults."""
    manifest = ArtifactSet.open(small_set).manifest
    assert as_given(TrainingSettings.model_validate(manifest.settings)) == SMALL
    assert load(small_set).engine.ensemble.settings.reranker == SMALL.reranker != RerankerSettings()


def test_a_set_with_settings_that_nobody_knows_is_refused(copy: Path) -> None:
    found = ArtifactSet.open(copy)
    retrievers = {**found.manifest.settings["retrievers"], "oracle": {"list_size": 3}}
    settings = {**found.manifest.settings, "retrievers": retrievers}
    (copy / MANIFEST).write_text(found.manifest.model_copy(update={"settings": settings}).text())
    with pytest.raises(ArtifactError, match="settings that this program does not know: unknown retriever 'oracle'"):
        load(copy)


def test_a_former_version_says_how_to_make_it_again(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps(manifest | {"version": VERSION - 1}))
    with pytest.raises(ArtifactError, match=f"Make it again with `recsys train --data DIR --out {copy}`"):
        load(copy)
