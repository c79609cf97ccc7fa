"""The two-tower network of the seed system: the cosine of visitor and article, and nothing of time."""

from __future__ import annotations

from recsys.retrieval.two_tower import TwoTower


class PlainTwoTower(TwoTower):
    """Towers trained without an article's age and clicks beside them, so that the vectors have to carry both."""

    knows_time = False
