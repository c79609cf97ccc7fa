"""Headlines for the simulated articles, no two of them alike."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import numpy as np

from recsys.core.types import Bools, Longs


def make_headlines(rng: np.random.Generator, stories: Longs, sections: Longs, breaking: Bools) -> list[str]:
    """One headline an article, story after story.

    Args:
        rng: draws the words.
        stories: the story of each article, not decreasing, shape (articles,).
        sections: the section of each story, shape (stories,).
        breaking: which stories are breaking ones, shape (stories,).
    """
    words = tomllib.loads((files("recsys.data.newsroom") / "headlines.toml").read_text("utf-8"))
    used: set[tuple[int, ...]] = set()
    headlines = []
    for story, size in zip(*np.unique(stories, return_counts=True), strict=True):
        topic, elsewhere = _topic(rng, words, int(sections[story]), used)
        if breaking[story]:
            angles = _shuffled(rng, words["breaking"])
        else:  # a story opens without a comment
            angles = [_shuffled(rng, words["openings"])[0], *_shuffled(rng, words["angles"])]
        capitalized = topic[0].upper() + topic[1:]
        headlines += [
            angle.format(topic=topic, Topic=capitalized, elsewhere=elsewhere) for angle in angles[: int(size)]
        ]
    return headlines


def _topic(
    rng: np.random.Generator, words: dict[str, Any], section: int, used: set[tuple[int, ...]]
) -> tuple[str, str]:
    """What a story is about that no other is, and a place where it does not happen."""
    own = words["sections"][str(section)]
    parts = own["first"], own["second"], words["places"]
    while True:
        chosen = tuple(int(rng.integers(len(part))) for part in parts)
        if (section, *chosen) not in used:
            break
    used.add((section, *chosen))
    first, second, place = (part[at] for part, at in zip(parts, chosen, strict=True))
    template = own["topics"][int(rng.integers(len(own["topics"])))]
    elsewhere = [other for other in words["places"] if other != place]
    return template.format(first=first, second=second, place=place), elsewhere[int(rng.integers(len(elsewhere)))]


def _shuffled(rng: np.random.Generator, choices: list[str]) -> list[str]:
    return [choices[at] for at in rng.permutation(len(choices))]
