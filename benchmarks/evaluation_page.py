"""Writes the tables and the curve of docs/evaluation.md and docs/performance.md, and the README's, from what is kept.

python -m benchmarks.evaluation_page
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import performance
from recsys.core.entities import ENSEMBLE
from recsys.evaluation.freshness import FreshnessReport
from recsys.evaluation.funnel import Counts, Funnel, of_100
from recsys.evaluation.intervals import interval
from recsys.evaluation.published import PUBLISHED, PUBLISHED_LAST_CLICK
from recsys.evaluation.ranked_lists import POLICY
from recsys.evaluation.report import FATES, BacktestReport
from recsys.evaluation.saved_reports import LibraryReport, SavedReports, WholeSessionReport, read_saved_reports
from recsys.ranking.fates import Fate

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    ROOT / "docs" / "evaluation.md",
    ROOT / "docs" / "performance.md",
    ROOT / "docs" / "scale.md",
    ROOT / "README.md",
)
CURVE = ROOT / "docs" / "images" / "ndcg-by-window.svg"
METRICS = ("ndcg@20", "hr@20", "hr@10", "hr@5", "mrr@10")
CURVES = {"ensemble": "#c62828", "item_cf": "#1565c0", "v-sknn": "#616161", "popularity": "#ef6c00"}


def overall(report: BacktestReport) -> str:
    """Every system beside the published figures."""
    rows = [f"| *published:* {name} | {ndcg:.4f} | {hr:.4f} | | | | |" for name, (ndcg, hr) in PUBLISHED.items()]
    return "\n".join([_figures(report.results), *rows])


def whole_sessions(report: WholeSessionReport) -> str:
    """The baselines with and without the published protocol's knowledge of whole sessions."""
    rows = [
        f"| {name}, {title} | {figures['ndcg@20']:.4f} | {figures['hr@20']:.4f} | {_interval(figures)} |"
        for title, systems in report.results.items()
        for name, figures in systems.items()
    ]
    published = {name: PUBLISHED[name] for name in ("V-SkNN", "STAN", "VSTAN")}
    rows += [f"| *published:* {name} | {ndcg:.4f} | {hr:.4f} | |" for name, (ndcg, hr) in published.items()]
    return "\n".join([_head("", "NDCG@20", "HR@20", "95% of NDCG@20"), *rows])


def libraries(report: LibraryReport) -> str:
    """Every system of one run, the best first: quality, and what it takes."""
    head = ["", "NDCG@20", "HR@20", "a request, ms", "p99, ms", "in a batch, a second", "an hour of clicks, ms", "MB"]
    rows = []
    for name, one in sorted(report.found.items(), key=lambda one: -one[1].ndcg):
        times = [f"{one.request_ms:.2f}", f"{one.request_ms_p99:.2f}"]
        whole = ["" if value is None else f"{value:,.0f}" for value in (one.batch_per_s, one.hour_ms, one.memory_mb)]
        rows.append("| " + " | ".join([_bold(name), f"{one.ndcg:.4f}", f"{one.hr:.4f}", *times, *whole]) + " |")
    return "\n".join([_head(*head), *rows])


def libraries_requests(report: LibraryReport) -> str:
    """On how many requests, and how the libraries were tuned."""
    first, end = report.windows
    return f"{report.requests:,} requests of windows {first} to {end - 1}; {report.draws} draws for each library."


def measured_on(report: BacktestReport) -> str:
    """On how many requests, and what it took."""
    most = f", at most {report.limit} of each" if report.limit else ""
    return (
        f"{report.requests:,} requests in {report.windows_counted} windows{most}; "
        f"{report.seconds / 60:.0f} minutes, peak memory {report.peak_memory_mb / 1000:.1f} GB."
    )


def measured_on_users(report: BacktestReport) -> str:
    """The same of ``last-click``."""
    took = f"{report.seconds / 60:.0f} minutes, peak memory {report.peak_memory_mb / 1000:.1f} GB"
    return f"{report.requests:,} users, fitted every {report.retrained_every}; {took}."


def summary(report: BacktestReport, published: BacktestReport | None) -> str:
    """The short table: NDCG@20 and HR@20 alone; last, by the rules of the papers."""
    rows = [f"| {_bold(n)} | {f['ndcg@20']:.4f} | {f['hr@20']:.4f} |" for n, f in report.results.items()]
    ndcg, hr = PUBLISHED["XLNet (MLM) with side features"]
    rows.append(f"| *best published, all hours of the log* | {ndcg:.4f} | {hr:.4f} |")
    if published:
        mine = published.results[ENSEMBLE]
        name = "**ensemble, all hours, by the papers' own rules**"
        rows.append(f"| {name} | {mine['ndcg@20']:.4f} | {mine['hr@20']:.4f} |")
    return "\n".join([_head("", "NDCG@20", "HR@20"), *rows])


def funnel(found: Funnel) -> str:
    """Of a hundred requests, how many had each fate, of all and by segment."""
    fates = [fate for fate in Fate if found.fates.get(fate.key)]

    def row(name: str, counts: Counts) -> str:
        return f"| {name} | {sum(counts.values()):,} | " + " | ".join(f"{of_100(counts, f):.1f}" for f in fates) + " |"

    rows = [row("**all**", found.fates)]
    rows += [row(f"{cut}: {name}", one) for cut, segments in found.by_segment.items() for name, one in segments.items()]
    return "\n".join([_head("of 100 requests", "requests", *(FATES[fate] for fate in fates)), *rows])


def freshness(report: FreshnessReport) -> str:
    """Both curves, and their far end."""
    rows = [_fresh_row(f"counts end {point.age} before", point.ensemble) for point in report.counts[:-1]]
    rows.append(_fresh_row("**counts up to the request's own moment**", report.counts[-1].ensemble))
    rows += [_fresh_row(f"parts trained {point.age} ago", point.ensemble) for point in report.trained]
    rows.append(_fresh_row("static lists", report.static))
    return "\n".join([_head("", "NDCG@20", "HR@20", "95% of NDCG@20"), *rows])


def freshness_requests(report: FreshnessReport) -> str:
    """On how many requests."""
    first, end = report.windows
    return (
        f"{report.requests:,} requests of windows {first} to {end - 1}, at most {report.limit} of each; "
        f"{report.seconds / 60:.0f} minutes, peak memory {report.peak_memory_mb / 1000:.1f} GB."
    )


def _fresh_row(name: str, figures: dict[str, Any]) -> str:
    return f"| {name} | {figures['ndcg@20']:.4f} | {figures['hr@20']:.4f} | {_interval(figures)} |"


def by_segment(report: BacktestReport) -> str:
    """NDCG@20 of every system in each segment."""
    systems = list(report.results)
    rows = []
    for cut, names in report.by_segment.items():
        for name, figures in names.items():
            cells = " | ".join(f"{figures[system]['ndcg@20']:.3f}" for system in systems)
            rows.append(f"| {cut}: {name} | {figures['requests']:,} | {cells} |")
    return "\n".join([_head("segment", "requests", *systems), *rows])


def beyond(report: BacktestReport) -> str:
    """Coverage, diversity and novelty."""
    rows = [
        f"| {_bold(name)} | {figures['coverage']:.0f} | {figures['diversity']:.3f} | {figures['novelty']:.2f} |"
        for name, figures in report.beyond_accuracy.items()
    ]
    return "\n".join([_head("", "coverage (articles)", "diversity", "novelty (bits)"), *rows])


def policies(report: BacktestReport) -> str:
    """What each policy costs, pair by pair of windows, and what it brings."""
    windows = np.arange(len(report.by_window))
    means = {name: np.array([one[name] for one in report.by_window.values()]) for name in report.results}
    rows = []
    for system in [ENSEMBLE, *(name for name in report.results if name.startswith(POLICY))]:
        figures, other = report.results[system], report.beyond_accuracy[system]
        lost = means[system] - means[ENSEMBLE]
        low, high = interval(lost, windows)
        difference = "" if system == ENSEMBLE else f"{lost.mean():+.4f} ({low:+.4f} to {high:+.4f})"
        name = "**no policy**" if system == ENSEMBLE else system.removeprefix(POLICY)
        rows.append(
            f"| {name} | {figures['ndcg@20']:.4f} | {figures['hr@20']:.4f} | {difference} "
            f"| {other['coverage']:.0f} | {other['diversity']:.3f} | {other['novelty']:.2f} |"
        )
    head = ("", "NDCG@20", "HR@20", "difference in NDCG@20 (95%)", "coverage (articles)", "diversity", "novelty (bits)")
    return "\n".join([_head(*head), *rows])


def last_click(report: BacktestReport) -> str:
    """The contest's protocol."""
    rows = [f"| {_bold(n)} | {f['hr@5']:.4f} | {f['mrr@5']:.4f} |" for n, f in report.results.items()]
    rows += [f"| *published:* {name} | {hit:.4f} | {mrr:.4f} |" for name, (hit, mrr) in PUBLISHED_LAST_CLICK.items()]
    return "\n".join([_head("", "Hit@5", "MRR@5"), *rows])


def ablation(variants: dict[str, dict[str, Any]]) -> str:
    """What is lost without each part."""
    whole = variants["ensemble"]["ndcg@20"]
    rows = []
    for name, figures in variants.items():
        low, high = figures["ci95_difference"]
        difference = "" if name == "ensemble" else f"{figures['ndcg@20'] - whole:+.4f} ({low:+.4f} to {high:+.4f})"
        rows.append(f"| {_bold(name)} | {figures['ndcg@20']:.4f} | {figures['hr@20']:.4f} | {difference} |")
    return "\n".join([_head("", "NDCG@20", "HR@20", "difference in NDCG@20 (95%)"), *rows])


def draw_curve(report: BacktestReport) -> None:
    """NDCG@20 by window, as means over six hours."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "recsys"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 3.6), facecolor="white")
    windows = np.array(sorted(map(int, report.by_window)))
    for system, color in CURVES.items():
        values = np.array([report.by_window[str(window)][system] for window in windows])
        blocks = windows // 6
        starts = np.unique(blocks)
        axes.plot(
            starts * 6 + 3, [values[blocks == b].mean() for b in starts], color=color, label=system, linewidth=1.6
        )
    axes.set(xlabel="window (hours since 2017-10-01 03:00 UTC), means over six", ylabel="NDCG@20", ylim=(0, None))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=len(CURVES), loc="lower center")
    figure.tight_layout()
    figure.savefig(CURVE, metadata={"Date": None})


def filled(page: str) -> str:
    """A page with every place ``<!-- name --> … <!-- end -->`` filled from the kept figures."""
    for name, text in {**_texts(read_saved_reports()), **performance.texts()}.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = place.sub(partial(_fill, text), page)
    return page


def main() -> None:
    """Fill the pages, and draw the curve."""
    for path in PAGES:
        path.write_text(filled(path.read_text()))
    kept = read_saved_reports()
    if report := kept.all_windows or kept.hourly:
        draw_curve(report)


def _hourly_of(live: BacktestReport, kept: SavedReports) -> str:
    """What the ensemble came to under ``hourly``, on every request of the windows of ``live``, where that is kept."""
    if kept.all_requests is None:
        return ""
    windows = [str(window) for window in range(*live.windows) if str(window) in kept.all_requests.by_window]
    mean = np.mean([kept.all_requests.by_window[window]["ensemble"] for window in windows])
    return f" Under `hourly`, every request of the same windows: NDCG@20 {mean:.4f} for the ensemble."


def _fill(text: str, place: re.Match[str]) -> str:
    return f"{place[1]}{text}\n{place[2]}"


def _texts(kept: SavedReports) -> dict[str, str]:
    texts: dict[str, str] = {}
    if report := kept.hourly:
        texts |= {
            "hourly requests": measured_on(report),
            "hourly": overall(report),
            "summary": summary(report, kept.published),
            "segments": by_segment(report),
            "beyond": beyond(report),
            "cold requests": f"{report.cold['requests']:,} requests.",
            "cold": _figures(report.cold["results"]),
        }
    if report := kept.all_windows:
        texts |= {"all windows requests": measured_on(report), "all windows": _figures(report.results)}
    if report := kept.all_requests:
        texts |= {"all requests count": measured_on(report), "all requests": _figures(report.results)}
        if report.funnel is not None:
            texts["funnel"] = funnel(report.funnel)
    if report := kept.live:
        texts |= {"live requests": measured_on(report) + _hourly_of(report, kept), "live": _figures(report.results)}
    if kept.freshness:
        texts |= {"freshness requests": freshness_requests(kept.freshness), "freshness": freshness(kept.freshness)}
    if kept.policies:
        texts |= {"policies requests": measured_on(kept.policies), "policies": policies(kept.policies)}
    if report := kept.published:
        texts |= {"published requests": measured_on(report), "published": overall(report)}
    if kept.libraries:
        texts |= {"libraries requests": libraries_requests(kept.libraries), "libraries": libraries(kept.libraries)}
    if kept.whole_sessions:
        texts["whole sessions"] = whole_sessions(kept.whole_sessions)
    if kept.last_click:
        texts |= {"last-click users": measured_on_users(kept.last_click), "last-click": last_click(kept.last_click)}
    if kept.ablation:
        texts |= {"ablation": ablation(kept.ablation.results), "ablation cold": ablation(kept.ablation.cold)}
    return texts


def _figures(results: dict[str, dict[str, Any]]) -> str:
    """Every metric of every system."""
    rows = [
        f"| {_bold(name)} | " + " | ".join(f"{figures[m]:.4f}" for m in METRICS) + f" | {_interval(figures)} |"
        for name, figures in results.items()
    ]
    return "\n".join([_head("", "NDCG@20", "HR@20", "HR@10", "HR@5", "MRR@10", "95% of NDCG@20"), *rows])


def _head(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n|" + "---|" * len(cells)


def _bold(name: str) -> str:
    return f"**{name}**" if name == "ensemble" else name


def _interval(figures: dict[str, Any]) -> str:
    low, high = figures["ci95_ndcg@20"]
    return f"{low:.4f}–{high:.4f}"


if __name__ == "__main__":
    main()
