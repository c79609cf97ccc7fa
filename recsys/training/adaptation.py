"""The settings of a training, fitted to a log: its lengths of time to the pace, its spans to how much there is."""

from __future__ import annotations

import numpy as np

from recsys.core.settings import at_pace
from recsys.core.types import HOUR
from recsys.data.click_log import ClickLog
from recsys.data.next_click import next_click_tasks
from recsys.data.repeats import may_repeat
from recsys.evaluation.holdout import questions
from recsys.ranking.training_set import TrainingSetSettings
from recsys.retrieval.popularity.settings import PopularitySettings
from recsys.retrieval.registry import RETRIEVERS
from recsys.training.pace import FACTORS, foretold
from recsys.training.settings import TrainingSettings

AS_GOOD = 0.97
"""A half-life that foretells the next click this nearly as well as the best one will do: the shortest is taken."""
ENOUGH_TASKS = 50_000
"""Clicks to learn from with which the settings' share of negatives will do."""
ENOUGH_TO_LEARN = 2_000
"""Questions that the reranker's spans should hold, as far as the log has them."""
LARGEST_SHARE = 0.6
"""Of the log before the held-back hours that those spans may fill: engines need clicks from before them."""


def adapted(settings: TrainingSettings, past: ClickLog) -> TrainingSettings:
    """The settings for a log, of which ``past`` is what may be known; ``pace``, ``repeats`` and ``beside`` stand."""
    if not len(past.clicks):
        return settings
    past = past.before(past.end)  # it may trail off: its last days would seem to hold next to nothing
    settings = with_repeats(settings, may_repeat(past) if settings.repeats is None else settings.repeats)
    if settings.pace is not None:
        return with_beside(settings, settings.pace)
    pace = find_pace(settings, past)
    settings = with_beside(settings, pace)
    paced = at_pace(settings, pace) if pace != 1 else settings
    how = settings.walk_forward
    span_hours = find_span_hours(past, how.span_hours, how.training_spans)
    walk = how if span_hours == how.span_hours else how.model_copy(update={"span_hours": span_hours})
    share = find_negative_share(past, settings.training_set, span_hours * how.training_spans)
    rows = settings.training_set.model_copy(update={"negative_share": share})
    return paced.model_copy(update={"pace": pace, "walk_forward": walk, "training_set": rows})


def with_repeats(settings: TrainingSettings, repeats: bool) -> TrainingSettings:
    """The settings where what was opened may be listed again, with the retrievers for that, or may not."""
    needed = {name: one.kind.Settings() for name, one in RETRIEVERS.items() if one.only_with_repeats and repeats}
    retrievers = {**settings.retrievers, **{name: settings.retrievers.get(name, own) for name, own in needed.items()}}
    return settings.model_copy(update={"repeats": repeats, "retrievers": retrievers})


def with_beside(settings: TrainingSettings, pace: float) -> TrainingSettings:
    """The settings where retrievers that say nothing new on so fast a log are only beside, if any other is left."""
    if settings.beside is not None:
        return settings
    slow = tuple(
        name for name in settings.retrievers if pace <= 1 and name in RETRIEVERS and RETRIEVERS[name].for_slow_logs
    )
    return settings.model_copy(update={"beside": slow if len(slow) < len(settings.retrievers) else ()})


def find_negative_share(past: ClickLog, settings: TrainingSetSettings, hours: int) -> float:
    """The share of a pool that the reranker sees beside what was opened: more where it has few clicks to learn from."""
    times = past.clicks.times
    _, counts = np.unique(times[times >= times[-1] - hours * HOUR] // HOUR, return_counts=True)
    tasks = int(np.minimum(counts, settings.tasks_per_hour).sum())
    return float(min(max(settings.negative_share * ENOUGH_TASKS / max(tasks, 1), settings.negative_share), 1.0))


def find_pace(settings: TrainingSettings, past: ClickLog) -> float:
    """How many times as long as the settings have it the most read articles of a log stay so: a power of two."""
    popularity = settings.retrievers.get("popularity")
    list_half_life = (popularity if isinstance(popularity, PopularitySettings) else PopularitySettings()).list_half_life
    times = past.clicks.times
    hours = (int(times[-1]) - int(times[0])) / HOUR
    tried = np.array([one for one in FACTORS if one == 1 or one * list_half_life < hours / 4])
    found = foretold(past.clicks, len(past.articles), tried * list_half_life)
    return float(tried[np.flatnonzero(found >= AS_GOOD * found.max())[0]])


def find_span_hours(past: ClickLog, least: int, training_spans: int) -> int:
    """How long each span is that the reranker learns from, hours: ``least``, or as long as it takes to learn enough."""
    times = past.clicks.times
    end = int(times[-1])
    openings = np.sort(questions(next_click_tasks(past)).openings)
    longest = int((end - int(times[0])) * LARGEST_SHARE / HOUR / training_spans)
    if not len(openings) or longest <= least:
        return least
    first = openings[max(len(openings) - ENOUGH_TO_LEARN, 0)]
    wanted = -(-(end - int(first)) // (HOUR * training_spans))
    return int(min(max(wanted, least), longest))
