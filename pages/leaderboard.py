"""How good is it, and at what?"""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from recsys.errors import InputError
from recsys.evaluation.kept import LeftOut, read_kept
from recsys.evaluation.published import PUBLISHED, PUBLISHED_LAST_CLICK
from recsys.evaluation.report import BacktestReport
from recsys.ui import charts, leaderboard
from recsys.ui.choices import choose
from recsys.ui.figures import systems as figures
from recsys.ui.leaderboard import METRICS
from recsys.ui.page import shown
from recsys.ui.theme import look

BEYOND = {"coverage": "Coverage, articles an hour", "diversity": "Diversity of sections", "novelty": "Novelty, bits"}
LINES_FIRST = ["ensemble", "item_cf", "popularity", "v-sknn"]
ALL, NEW = "All", "New, at their first click"


def every_system(report: BacktestReport) -> None:
    """All systems beside the published figures."""
    st.markdown(
        f"Asked for: the last article of {report.requests:,} visits to a real news site, in {report.windows_counted} "
        "hours. Each system knows what had happened before the hour, and the visit so far. Open circles are figures of "
        "papers on the same log, there over all its hours."
    )
    published = {name: {"ndcg@20": ndcg, "hr@20": hr} for name, (ndcg, hr) in PUBLISHED.items()}
    _ranked(leaderboard.systems(report.results, published), list(METRICS), "systems")
    st.caption(
        "Bars are 95% intervals over hours, whose difficulty differs; between systems, on the same hours, much smaller "
        "differences are sure. The published V-SkNN also knows how visits that began before the hour went on: asked "
        "that way it comes out at its published figure here too."
    )


def by_hour(report: BacktestReport) -> None:
    """NDCG@20 hour by hour."""
    label = {name: look(name).label for name in report.results}
    systems = st.pills("Systems", list(label), selection_mode="multi", default=LINES_FIRST, format_func=label.get)
    rows = leaderboard.by_window(report)
    figure = figures.lines(rows, "window", systems, "hour of the log", f"NDCG@20, means over {leaderboard.SMOOTHED} h")
    charts.show(figure, "NDCG@20 of the chosen systems along the hours of the log.", rows, "by_hour")


def by_segment(report: BacktestReport) -> None:
    """For whom it is good."""
    cut = choose("Requests by", report.by_segment.keys())
    rows = leaderboard.by_segment(report, cut)
    systems = [name for name in report.results if name not in {"seed", "popular-1h"}]
    figure = figures.grouped(rows, "segment", systems, "NDCG@20")
    charts.show(figure, f"NDCG@20 of each system for requests by {cut}.", rows, "by_segment")
    st.caption("In brackets: the number of requests. Plain means over requests.")


def beyond_accuracy(report: BacktestReport) -> None:
    """Quality against coverage, diversity, novelty."""
    measure = choose("Quality against", BEYOND)
    rows = leaderboard.beyond(report)
    figure = figures.points(rows, measure, "ndcg@20", BEYOND[measure], "NDCG@20")
    charts.show(figure, f"NDCG@20 of each system against {BEYOND[measure]}.", rows, "beyond_accuracy")
    st.caption(
        "Of the first 20: how many different articles an hour's lists hold; the share of a list's pairs that are of "
        "different sections; how rare its articles are among all clicks."
    )


def worth(report: LeftOut) -> None:
    """What leaving a part out costs."""
    first, end = report.windows
    st.markdown(
        f"Each part is left out in turn and everything trained again; {report.requests:,} requests of hours {first} to "
        f"{end - 1}. A bar to the left is what is lost. Where its interval crosses zero, no difference was seen."
    )
    rows = leaderboard.left_out(report.results if choose("Visitors", [ALL, NEW]) == ALL else report.cold)
    figure = figures.differences(rows, "difference in NDCG@20")
    charts.show(figure, "Difference in NDCG@20 to the whole, without each part.", rows, "left_out")


def new_visitors(report: BacktestReport) -> None:
    """What context alone can do."""
    st.markdown(
        f"The first click of {report.cold['requests']:,} visitors whom nobody had seen: nothing is known of them but "
        "device, system, place, and where they came from."
    )
    _ranked(leaderboard.systems(report.cold["results"]), list(METRICS), "new_visitors")


def last_click(report: BacktestReport) -> None:
    """The protocol of the contest."""
    st.markdown(
        f"The other public way to measure on this log: the very last click of {report.requests:,} users. Open circles "
        "are the best published."
    )
    published = {name: {"hr@5": hit, "mrr@5": mrr} for name, (hit, mrr) in PUBLISHED_LAST_CLICK.items()}
    _ranked(leaderboard.systems(report.results, published), ["mrr@5", "hr@5"], "last_click")


def this_set(metrics: Mapping[str, Mapping[str, float]]) -> None:
    """The figures with which the set was accepted."""
    manifest = shown().loaded.manifest
    st.markdown(
        f"*{manifest.title}*, the set that is open now, on the {manifest.replay_hours} hours that its training held "
        f"back: {manifest.measured:,} requests."
    )
    _ranked(leaderboard.systems(metrics), [metric for metric in METRICS if metric in metrics["ensemble"]], "this_set")


def _ranked(rows: pd.DataFrame, metrics: list[str], name: str) -> None:
    metric = choose("Measure", {metric: METRICS[metric] for metric in metrics})
    ranked = rows.dropna(subset=metric).sort_values(metric, ascending=False)
    said = ", ".join(f"{row['label']} {row[metric]:.3f}" for row in ranked.to_dict("records"))
    charts.show(figures.dots(ranked, metric, METRICS[metric]), f"{METRICS[metric]}: {said}.", rows, name)


page = shown()
st.title("How good is it, and at what?", anchor=False)
st.markdown("Every figure is printed by a command that stands beside it in `docs/evaluation.md`; this page draws them.")
try:
    kept = read_kept()
except InputError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
VIEWS = {
    "Every system": (every_system, kept.hourly),
    "By hour": (by_hour, kept.all_windows or kept.hourly),
    "By segment": (by_segment, kept.hourly),
    "Beyond accuracy": (beyond_accuracy, kept.hourly),
    "What each part is worth": (worth, kept.left_out),
    "New visitors": (new_visitors, kept.hourly),
    "Last click": (last_click, kept.last_click),
    "This set": (this_set, page.loaded.manifest.metrics),
}
draw, report = VIEWS[choose("Show", VIEWS.keys())]
if report:
    draw(report)
else:
    st.info("These figures have not been taken yet; `docs/evaluation.md` says by which command they are.")
