"""How good is it, and at what?"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from recsys.core.entities import ENSEMBLE
from recsys.errors import InputError
from recsys.evaluation.freshness import FreshnessReport
from recsys.evaluation.metrics import METRICS, label
from recsys.evaluation.published import BEST_PUBLISHED, PUBLISHED, PUBLISHED_LAST_CLICK
from recsys.evaluation.report import BacktestReport
from recsys.evaluation.saved_reports import AblationReport, LibraryReport, read_saved_reports
from recsys.ui import messages
from recsys.ui.components import bars, charts
from recsys.ui.components.bars import Bar
from recsys.ui.components.choices import choose, choose_several
from recsys.ui.figures import systems as figures
from recsys.ui.page_context import page_context
from recsys.ui.tables import leaderboard
from recsys.ui.theme import look, plain

BEYOND = {"coverage": "Coverage, articles an hour", "diversity": "Diversity of sections", "novelty": "Novelty, bits"}
ABOUT = {
    ENSEMBLE: "all of it together",
    "v-sknn": "a strong published method",
    "popular-1h": "what everybody would show",
    "static": "the usual four lists, made once a day",
}
OURS = ("globo", "newsroom")
"""Sets of the real log and of the newsroom calibrated to it, of which the figures of the real log speak."""
ALL, NEW = "All", "New, at their first click"


def in_short(report: BacktestReport) -> None:
    """What it comes to, for those who have a minute."""
    rows = leaderboard.in_short(report)
    first, mine = rows.iloc[0], report.results[ENSEMBLE]
    st.markdown(
        f"Somebody is reading the news, and clicks again. **Of 100 such clicks, {first['of_100']:.0f} are on an "
        f"article among our first 20.** Measured on {report.requests:,} visits to Globo.com, a Brazilian news site, in "
        "October 2017: nothing that came later was known."
    )
    _of_100(rows, [ABOUT.get(system, "") for system in rows["system"]], "in_short")
    st.markdown(
        f"And they stand high: {100 * mine['hr@5']:.0f} of 100 are among the first five. Papers measure with NDCG@20, "
        f"where a click counts the more the higher it stood: ours is **{mine['ndcg@20']:.4f}**, and the best that was "
        f"ever published on this log is {BEST_PUBLISHED:.4f}. The views above have every measure, every system and "
        "every hour."
    )


def _of_100(rows: pd.DataFrame, remarks: Sequence[str], name: str) -> None:
    """A bar for each system: of 100 next clicks, how many it has among its first 20; with a remark under its name."""
    bars.draw(
        [
            Bar(row["label"], remark, f"{row['of_100']:.0f} of 100", 0, row["of_100"], tone(row))
            for row, remark in zip(rows.to_dict("records"), remarks, strict=True)
        ],
        "Of 100 next clicks, how many each system has among its first 20",
        name,
        limits=(0, 100),
    )
    charts.on_demand(lambda: rows, name)


def tone(row: Mapping[Hashable, Any]) -> str:
    """The colour of a system's bar."""
    return look(str(row["system"])).colour


def freshness(report: FreshnessReport) -> None:
    """What it is worth to know what happened a minute ago."""
    counts, trained = leaderboard.freshness(report.counts), leaderboard.freshness(report.trained)
    oldest, freshest = counts.iloc[0], counts.iloc[-1]
    st.markdown(
        f"The same {report.requests:,} requests, asked again and again: with what the system knows of others' clicks "
        f"held back, and with models that were trained longer ago. With counts that end a day before, NDCG@20 is "
        f"{oldest['ndcg@20']:.3f}; with counts up to the request itself it is **{freshest['ndcg@20']:.3f}**. Static "
        f"lists, which know no clock at all, have {report.static['ndcg@20']:.3f}. Old models cost far less than old "
        "counts."
    )
    panels = {
        "counts": (f"Age of the counts (trained {report.counts_trained_days_ago} days ago)", counts),
        "trained": ("Age of the trained parts (counts up to the hour)", trained),
    }
    static = report.static["ndcg@20"]
    most = 1.1 * max(rows["high"].max() for _, rows in panels.values())
    for column, (name, (title, rows)) in zip(st.columns(len(panels)), panels.items(), strict=True):
        with column:
            st.header(title, anchor=False)
            told = ", ".join(f"{row['age']} {row['ndcg@20']:.3f}" for row in rows.to_dict("records"))
            figure = figures.by_age(rows, "ndcg@20", "NDCG@20", static, "Static lists", most)
            charts.show(figure, f"{title}: {told}; static lists {static:.3f}.", rows, f"freshness_{name}")
    if live is not None:
        figures_live = live.results[ENSEMBLE]
        st.markdown(
            f"**As it really serves**, with counts up to the request itself and trained once a day: NDCG@20 "
            f"**{figures_live['ndcg@20']:.4f}**, {100 * figures_live['hr@20']:.0f} of 100 next clicks in the first 20 "
            f"({live.requests:,} requests of the protocol `live`). Published figures know less, so this one must not "
            "be compared with them."
        )
    st.caption(
        "Bars are 95% intervals over hours. Between ages, on the same requests, smaller differences are certain."
    )


def every_system(report: BacktestReport) -> None:
    """All systems beside the published figures."""
    st.markdown(
        f"The task is to predict the last article of {report.requests:,} visits to a real news site, in "
        f"{report.windows_counted} hours, given everything that happened before the hour and the visit so far. Open "
        "circles are figures from papers on the same log, over all its hours."
    )
    _beside_published(report, "systems")
    st.caption(
        "Bars are 95% intervals over hours, which differ in difficulty. Between systems measured on the same hours, "
        "much smaller differences are certain. The papers' systems also know how visits that began before the hour "
        "went on; the view *Beside the papers* has ours measured that way."
    )


def beside_papers(report: BacktestReport) -> None:
    """All systems by the rules of the papers."""
    mine, peer = (report.results[name]["ndcg@20"] for name in (ENSEMBLE, "v-sknn"))
    st.markdown(
        f"Papers measure on this log by rules of their own, which let a system see a little of the hour that it is "
        f"measured on. By exactly those rules, on {report.requests:,} visits in {report.windows_counted} hours, ours "
        f"has an NDCG@20 of **{mine:.4f}**; the best that a paper has is {BEST_PUBLISHED:.4f}. V-SkNN, a method from "
        f"the literature that we wrote anew, has {peer:.4f} here and {PUBLISHED['V-SkNN'][0]:.4f} in the paper: "
        "so the rules are the same."
    )
    _beside_published(report, "beside_papers")
    st.caption(
        "Open circles are the papers' figures, over all hours of the log; ours leave out its last two days, which are "
        "kept for a final check. Bars are 95% intervals over hours."
    )


def beside_libraries(report: LibraryReport) -> None:
    """What people would pick instead, on the same requests."""
    rows = leaderboard.libraries(report)
    mine = rows[rows["system"] == ENSEMBLE].iloc[0]
    best = rows[rows["system"] != ENSEMBLE].iloc[0]
    st.markdown(
        "What people would pick instead: open-source libraries, and methods from papers. All were asked about the same "
        f"{report.requests:,} visits, and all took in the clicks of every hour before the next. **Of 100 next clicks, "
        f"{mine['of_100']:.0f} are among our first 20**; the best of the others, {best['label']}, finds "
        f"{best['of_100']:.0f}."
    )
    _of_100(rows, [duration_of_request(ms) for ms in rows["request_ms"]], "beside_libraries")
    st.caption(
        f"Each library has the best of {report.draws} settings that were tried on other visits. Times are of one "
        "machine with two cores. The table also has how many visits each answers in a second when many ask at once, "
        "how long it takes to learn from an hour of clicks, and the memory it needs."
    )


def duration_of_request(ms: float) -> str:
    """What one request takes, in words."""
    return f"{ms:.1f} ms a request" if ms >= 0.1 else "under 0.1 ms a request"


def _beside_published(report: BacktestReport, name: str) -> None:
    published = {system: {"ndcg@20": ndcg, "hr@20": hr} for system, (ndcg, hr) in PUBLISHED.items()}
    _ranked(leaderboard.systems(report.results, published), list(METRICS), name)


def by_hour(report: BacktestReport) -> None:
    """NDCG@20 hour by hour."""
    labels = {name: look(name).label for name in report.results}
    first = [ENSEMBLE, *leaderboard.best_others(report, 3)]
    systems = choose_several("leaderboard.systems", "Systems", labels, first)
    rows = leaderboard.by_window(report)
    figure = figures.lines(rows, "window", systems, "hour of the log", f"NDCG@20, means over {leaderboard.SMOOTHED} h")
    charts.show(figure, "NDCG@20 of the chosen systems along the hours of the log.", rows, "by_hour")


def by_segment(report: BacktestReport) -> None:
    """For whom it is good."""
    cut = choose("leaderboard.by", "By", report.by_segment.keys())
    rows = leaderboard.by_segment(report, cut)
    systems = [ENSEMBLE, *leaderboard.best_others(report, 5)]
    figure = figures.grouped(rows, "segment", systems, "NDCG@20")
    charts.show(figure, f"NDCG@20 of each system for requests by {cut}.", rows, "by_segment")
    st.caption("In brackets: the number of requests. Plain means over requests; the table has every system.")


def beyond_accuracy(report: BacktestReport) -> None:
    """Quality against coverage, diversity, novelty."""
    measure = choose("leaderboard.against", "Quality against", BEYOND)
    rows = leaderboard.beyond(report)
    figure = figures.points(rows, measure, "ndcg@20", BEYOND[measure], "NDCG@20")
    charts.show(figure, f"NDCG@20 of each system against {BEYOND[measure]}.", rows, "beyond_accuracy")
    st.caption(
        "Of the first 20 articles: how many different ones an hour's lists hold, the share of a list's pairs that are "
        "from different sections, and how rare its articles are among all clicks."
    )


def worth(report: AblationReport) -> None:
    """What leaving a part out costs."""
    first, end = report.windows
    st.markdown(
        f"Each part is left out in turn and everything is trained again, on {report.requests:,} requests of hours "
        f"{first} to {end - 1}. A bar to the left is what is lost. Where an interval crosses zero, no difference was "
        "found."
    )
    rows = leaderboard.ablation(
        report.results if choose("leaderboard.readers", "Readers", [ALL, NEW]) == ALL else report.cold
    )
    figure = figures.differences(rows, "difference in NDCG@20")
    charts.show(figure, "Difference in NDCG@20 from the whole, without each part.", rows, "ablation")


def new_readers(report: BacktestReport) -> None:
    """What context alone can do."""
    st.markdown(
        f"The first click of {report.cold['requests']:,} readers who had never been seen: only their device, system, "
        "place and where they came from are known."
    )
    _ranked(leaderboard.systems(report.cold["results"]), list(METRICS), "new_readers")


def last_click(report: BacktestReport) -> None:
    """The protocol of the contest."""
    st.markdown(
        f"The other public way to measure on this log: predict the very last click of {report.requests:,} users. Open "
        "circles are the best published figures."
    )
    published = {name: {"hr@5": hit, "mrr@5": mrr} for name, (hit, mrr) in PUBLISHED_LAST_CLICK.items()}
    _ranked(leaderboard.systems(report.results, published), ["mrr@5", "hr@5"], "last_click")


def this_set(metrics: Mapping[str, Mapping[str, float]]) -> None:
    """The figures with which the set was accepted."""
    manifest = page_context().loaded.manifest
    st.markdown(
        f"*{plain(manifest.title)}*, the set that is open now, on the {manifest.replay_hours} hours that its training "
        f"held back: {manifest.measured:,} requests."
    )
    _ranked(leaderboard.systems(metrics), [metric for metric in METRICS if metric in metrics[ENSEMBLE]], "this_set")


def _ranked(rows: pd.DataFrame, metrics: list[str], name: str) -> None:
    metric = choose("leaderboard.measure", "Measure", {metric: label(metric) for metric in metrics})
    ranked = rows.dropna(subset=metric).sort_values(metric, ascending=False)
    values = ", ".join(f"{row['label']} {row[metric]:.3f}" for row in ranked.to_dict("records"))
    charts.show(figures.dots(ranked, metric, label(metric)), f"{label(metric)}: {values}.", rows, name)


page = page_context()
st.title("How good is it, and at what?", anchor=False)
is_somebodys_own = page.loaded.manifest.name not in OURS
st.markdown(
    ("*This set* is measured on its own log, all other views are measured " if is_somebodys_own else "Measured ")
    + "on a real news site's log. `docs/evaluation.md` has the command that reproduces each figure."
)
try:
    saved = read_saved_reports()
except InputError as error:
    messages.error(str(error))
    st.stop()
live = saved.live
VIEWS: dict[str, tuple[Callable[[Any], None], object]] = {
    "In short": (in_short, saved.hourly),
    "Every system": (every_system, saved.hourly),
    "Beside the papers": (beside_papers, saved.published),
    "Beside libraries": (beside_libraries, saved.libraries),
    "By hour": (by_hour, saved.all_windows or saved.hourly),
    "By segment": (by_segment, saved.hourly),
    "Beyond accuracy": (beyond_accuracy, saved.hourly),
    "What each part is worth": (worth, saved.ablation),
    "How fresh must it be": (freshness, saved.freshness),
    "New readers": (new_readers, saved.hourly),
    "Last click": (last_click, saved.last_click),
    "This set": (this_set, page.loaded.manifest.metrics),
}
names = sorted(VIEWS, key=lambda name: name != "This set") if is_somebodys_own else list(VIEWS)
draw, report = VIEWS[choose("leaderboard.show", "Show", names)]
if report:
    draw(report)
else:
    st.info("These figures have not been measured yet; `docs/evaluation.md` has the command.")
