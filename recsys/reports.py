"""What the commands print at their end."""

from __future__ import annotations

from recsys.artifacts import ArtifactSet
from recsys.data.clicklog import ClickLog
from recsys.data.loader import LoadReport
from recsys.domain import HOUR, Recommendation
from recsys.engine import Engine
from recsys.ranking.pool import NOT_LISTED
from recsys.times import iso
from recsys.training import Trained

_SHOWN = ("ndcg@20", "hr@20", "hr@10", "hr@5", "mrr@10")


def load_report(log: ClickLog, report: LoadReport, trained: Trained) -> str:
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


def training_report(trained: Trained, saved: ArtifactSet) -> str:
    """Sizes, times, memory, and the quality on the held-back hours."""
    engine, files = trained.engine, saved.manifest.files
    hours = (engine.end - engine.start.time) // HOUR
    lines = [f"Trained at {iso(engine.start.time)}; {hours} hours after it are held back and can be replayed.", ""]
    lines += [f"  {stage:<34} {seconds:7.1f} s" for stage, seconds in trained.seconds.items()]
    total_mb = sum(entry.bytes for entry in files.values()) / 1e6
    lines += [
        f"  {'Altogether':<34} {sum(trained.seconds.values()):7.1f} s, peak memory {trained.peak_memory_mb:,.0f} MB",
        "",
        f"Quality on the held-back hours, {len(trained.holdout.questions):,} requests, means over hours:",
        "",
        "  " + f"{'':<14}" + "".join(f"{metric:>10}" for metric in _SHOWN),
    ]
    for name, metrics in trained.holdout.metrics().items():
        lines.append("  " + f"{name:<14}" + "".join(f"{metrics[metric]:>10.4f}" for metric in _SHOWN))
    return "\n".join([*lines, "", f"Published {len(files)} files, {total_mb:.1f} MB, in {saved.folder}."])


def recommendation_text(engine: Engine, answer: Recommendation) -> str:
    """A list as text: rank, article, section, age, score, who proposed it."""
    pool = answer.ranking.pool
    lines = [f"At {iso(answer.as_of)}, for visitor {answer.request.user_id}:"]
    for place, row in enumerate(answer.ranking.order[: len(answer.articles)].tolist(), start=1):
        item = int(pool.items[row])
        lists = ", ".join(
            f"{name} {candidates_rank}"
            for name, candidates_rank in zip(pool.candidates, pool.ranks[row].tolist(), strict=True)
            if candidates_rank != NOT_LISTED
        )
        hit = "  ← opened next" if answer.articles[place - 1] == answer.ground_truth else ""
        lines.append(f"{place:3}. {engine.title(item)}  [{engine.section(item)}]  {lists}{hit}")
    return "\n".join(lines)
