"""A simulated newsroom: articles with headlines, visitors with tastes, and the clicks that come of them."""

from recsys.data.newsroom.simulate import simulate

__all__ = ["simulate"]
