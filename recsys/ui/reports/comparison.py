"""Two sets compared, as one HTML file."""

from __future__ import annotations

from recsys.evaluation.metrics import label
from recsys.evaluation.set_comparison import SetComparison
from recsys.ui.reports import render


def comparison_report(found: SetComparison) -> str:
    """The page."""
    metrics = {label(metric): one for metric, one in found.metrics.items()}
    return render(
        "comparison.html",
        title="Is the new set better, and for whom?",
        found=found.model_copy(update={"metrics": metrics}),
        verdict=found.verdict("the new set", "the old set"),
        segments=[(f"{cut}: {name}", one) for cut, parts in found.by_segment.items() for name, one in parts.items()],
    )
