"""What ``recsys train`` prints at its end; it imports what only training needs."""

from __future__ import annotations

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.core.timestamps import iso
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.loader import LoadReport
from recsys.evaluation.holdout import ENOUGH
from recsys.evaluation.metrics import METRICS
from recsys.evaluation.report import fates_of_100
from recsys.evaluation.verdict import Verdict
from recsys.retrieval.registry import RETRIEVERS
from recsys.training.pipeline import TrainedEngine

_SHOWN = METRICS[:5]


def load_report(log: ClickLog, report: LoadReport, trained: TrainedEngine) -> str:
    """What was read, what was refused, and what of it was used."""
    used = len(trained.engine.histories.items)
    lines = [
        f"Read {report.rows:,} rows of {report.files} files: {len(log.clicks):,} clicks of {len(log.user_ids):,} users "
        f"on {len(log.articles):,} articles.",
        f"Used {used:,} clicks up to {iso(trained.engine.end)}; {len(log.clicks) - used:,} later ones were left out.",
    ]
    if report.bad:
        lines.append(f"Left out {len(report.bad):,} bad rows:")
        lines += [f"  {row}" for row in report.bad[:20]]
        lines += ["  …"] if len(report.bad) > 20 else []
    return "\n".join(lines + [f"Note: {note}." for note in report.notes])


def training_report(trained: TrainedEngine, saved: ArtifactSet) -> str:
    """Sizes, times, memory, and the quality on the held-back hours."""
    engine, files = trained.engine, saved.manifest.files
    hours = (engine.end - engine.start.time) // HOUR
    pace = trained.settings.pace or 1.0
    lines = [f"Trained at {iso(engine.start.time)}; {hours} hours after that are held back and can be replayed."]
    if pace != 1:
        lines.append(
            f"Readers move on more slowly here than on the site that the settings are made for: all half-lives are "
            f"{pace:g} times as long, and the reranker learns from spans of "
            f"{trained.settings.walk_forward.span_hours} hours (`pace` in a settings file says otherwise)."
        )
    if trained.settings.repeats:
        lines.append(
            "Readers here come back to what they have opened, so it may be listed again, all but what is open "
            "(`repeats` in a dataset.toml or a settings file says otherwise)."
        )
    trees = trained.engine.reranker.settings.trees
    if trees != trained.settings.reranker.trees:
        lines.append(f"There is little to learn from: a smaller reranker ({trees} trees) orders later clicks as well.")
    lines.append("")
    lines += [f"  {stage:<34} {seconds:7.1f} s" for stage, seconds in trained.seconds.items()]
    total_mb = sum(entry.bytes for entry in files.values()) / 1e6
    lines += [
        f"  {'In all':<34} {sum(trained.seconds.values()):7.1f} s, peak memory {trained.peak_memory_mb:,.0f} MB",
        "",
        f"Quality on the held-back hours, {len(trained.holdout.tasks):,} requests, means over hours:",
        "",
        "  " + f"{'':<14}" + "".join(f"{metric:>10}" for metric in _SHOWN),
    ]
    for name, metrics in trained.holdout.metrics().items():
        lines.append("  " + f"{name:<14}" + "".join(f"{metrics[metric]:>10.4f}" for metric in _SHOWN))
    verdict = Verdict.of(trained.holdout)
    lines += ["", f"  {verdict.in_words(RETRIEVERS[verdict.best].label)}"]
    if trained.holding.questions < ENOUGH:
        lines += ["", f"  {trained.holding.in_words()}"]
    shares = fates_of_100(trained.funnel.fates)
    lines += ["", f"  Of 100 next clicks, by what came of them in the first {trained.funnel.depth}: {shares}."]
    return "\n".join([*lines, "", f"Published {len(files)} files, {total_mb:.1f} MB, in {saved.folder}."])
