"""Prints the simulated newsroom beside the real log, as the Markdown table of docs/data.md.

python -m benchmarks.calibration --simulated DIR --real DIR
"""

from __future__ import annotations

import click
import numpy as np

from recsys.core.types import HOUR
from recsys.data.articles import UNDATED
from recsys.data.click_log import ClickLog
from recsys.data.loader import load


def measures(log: ClickLog) -> dict[str, float]:
    """The figures that the newsroom is calibrated to, by name."""
    clicks = log.clicks
    per_user = np.bincount(clicks.users)
    _, lengths = np.unique(clicks.sessions, return_counts=True)
    per_article = np.sort(np.bincount(clicks.items))[::-1]
    created = log.articles.published - int(log.dataset.published_shift_hours * HOUR)
    dated = log.articles.published[clicks.items] != UNDATED
    age = (clicks.times - created[clicks.items])[dated] / HOUR
    found = {
        "clicks per user, mean": per_user.mean(),
        "clicks per user, median": np.median(per_user),
        "session length, mean": lengths.mean(),
        **{f"sessions of {n} clicks, %": 100 * (lengths == n).mean() for n in (2, 3, 4, 5)},
        **{f"clicks on the top {n} articles, %": 100 * per_article[:n].sum() / len(clicks) for n in (100, 1000)},
        **{f"article age at click, p{p}, h": np.percentile(age, p) for p in (25, 50, 75, 90, 99)},
    }
    for column, field, codes in ((0, "device", (1, 3, 4)), (1, "os", (17, 2, 20, 12, 13))):
        for code in codes:
            share = 100 * (clicks.contexts[:, column] == code).mean()
            found[f"{field} {log.dataset.label(field, code)}, %"] = share
    by_hour = np.bincount((clicks.times // HOUR) % 24, minlength=24) / len(clicks)
    found |= {f"clicks at {hour:02d} h UTC, %": 100 * by_hour[hour] for hour in range(24)}
    return {name: float(value) for name, value in found.items()}


@click.command()
@click.option("--simulated", required=True)
@click.option("--real", required=True)
def main(simulated: str, real: str) -> None:
    """Print the table, and the largest difference under it."""
    ours, theirs = measures(load(simulated)[0]), measures(load(real)[0])
    print("| | real | newsroom | difference |\n|---|---|---|---|")
    worst = ("", 0.0)
    for name, real_value in theirs.items():
        difference = ours[name] / real_value - 1
        worst = max(worst, (name, difference), key=lambda pair: abs(pair[1]))
        print(f"| {name} | {real_value:.2f} | {ours[name]:.2f} | {100 * difference:+.0f}% |")
    print(f"\nLargest difference: {worst[0]}, {100 * worst[1]:+.1f}%.")


if __name__ == "__main__":
    main()
