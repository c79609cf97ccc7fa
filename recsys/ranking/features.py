"""What the reranker knows of each article in the pool: a registry of features.

A feature is one function from a pool to one value a row, registered with its name, label, unit and group. Adding one
is adding one function here; training, serving and the pages all read the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from recsys.domain import HOUR, NOTHING, Doubles, Floats, Ints
from recsys.ranking.pool import NOT_LISTED, Pool
from recsys.retrieval.als import ALS
from recsys.retrieval.item_cf import CHANNELS, ItemCF
from recsys.retrieval.popularity import OVERALL_HALF_LIVES, Popularity
from recsys.retrieval.two_tower import TwoTower

Values = NDArray[Any]


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix."""

    name: str
    label: str
    unit: str
    group: str
    meaning: str
    function: Callable[[Pool], Values]


FEATURES: dict[str, Feature] = {}


def feature(
    name: str, label: str, unit: str, group: str
) -> Callable[[Callable[[Pool], Values]], Callable[[Pool], Values]]:
    """Register a function as a feature; its docstring is the meaning that pages show."""

    def register(function: Callable[[Pool], Values]) -> Callable[[Pool], Values]:
        meaning = " ".join((function.__doc__ or "").split())
        FEATURES[name] = Feature(name, label, unit, group, meaning, function)
        return function

    return register


def matrix(pool: Pool, names: tuple[str, ...]) -> Floats:
    """The named features of every row, shape (rows, features); missing values are NaN."""
    values = np.empty((len(pool), len(names)), np.float32)
    for column, name in enumerate(names):
        values[:, column] = FEATURES[name].function(pool)
    values[~np.isfinite(values)] = np.nan
    return values


def _once(function: Callable[[Pool], Values]) -> Callable[[Pool], Values]:
    """Several features read these values: compute them once for each pool."""
    known: WeakKeyDictionary[Pool, Values] = WeakKeyDictionary()

    def remembered(pool: Pool) -> Values:
        if pool not in known:
            known[pool] = function(pool)
        return known[pool]

    return remembered


def _retriever_features(name: str, label: str, unit: str) -> None:
    def rank(pool: Pool) -> Values:
        return pool.rank(name)

    def score(pool: Pool) -> Values:
        return pool.score(name)

    rank.__doc__ = f"The article's rank in the list of {label}; 1001 where it is not in it."
    score.__doc__ = f"What {label} gives the article, whether or not it is in its list."
    feature(f"rank_{name}", f"Rank: {label}", "rank", "Retrievers")(rank)
    feature(f"score_{name}", f"Score: {label}", unit, "Retrievers")(score)


_retriever_features("item_cf", "item-to-item CF", "share")
_retriever_features("als", "ALS", "preference")
_retriever_features("popularity", "contextual popularity", "share")
_retriever_features("two_tower", "two-tower", "logit")


@feature("pool_place", "Place in the pool", "place", "Retrievers")
def _pool_place(pool: Pool) -> Values:
    """Where the article stands when the lists are joined one after the other."""
    return pool.places


@feature("lists", "Lists that have it", "lists", "Retrievers")
def _lists(pool: Pool) -> Values:
    """How many retrievers proposed the article."""
    return (pool.ranks < NOT_LISTED).sum(axis=1)


@feature("tower_cosine", "Cosine of the towers", "cosine", "Retrievers")
def _tower_cosine(pool: Pool) -> Values:
    """The two-tower score without the part that only depends on the article's age."""
    towers = pool.retrievers["two_tower"]
    assert isinstance(towers, TwoTower)
    users = towers.visitor_vectors(pool.visitors)
    return np.asarray(np.einsum("nd,nd->n", users[pool.rows], towers.vectors[pool.items]))


def _clicks_now(channel: int, hours: float) -> None:
    def clicks(pool: Pool) -> Values:
        return np.log1p(_counts(pool)[channel])

    clicks.__doc__ = f"Clicks up to now, those {_duration(hours)} old counting half; on a logarithmic scale."
    feature(f"clicks_{hours:g}h", f"Clicks, half-life {_duration(hours)}", "log clicks", "Popularity now")(clicks)


@_once
def _counts(pool: Pool) -> Doubles:
    return _popularity(pool).counts["overall"].lookup(0, pool.live.items)[:, pool.positions]


def _duration(hours: float) -> str:
    return f"{60 * hours:g} min" if hours < 1 else f"{hours:g} h"


for _channel, _hours in enumerate(OVERALL_HALF_LIVES):
    _clicks_now(_channel, _hours)


@feature("rising", "Rising", "log ratio", "Popularity now")
def _rising(pool: Pool) -> Values:
    """The click rate of the last minutes against that of the last hours; above 0 the article is on its way up."""
    counts = _counts(pool)
    rates = (counts + 1.0) / np.array(OVERALL_HALF_LIVES)[:, None]
    return np.log(rates[1] / rates[3])


def _lift(field: str, label: str) -> None:
    def lift(pool: Pool) -> Values:
        return np.log(_popularity(pool).lift(field, pool.visitors.contexts[pool.rows], pool.items))

    lift.__doc__ = f"How many times as often the article is read {label} as by everybody; on a logarithmic scale."
    feature(f"lift_{field}", f"Lift: {field.replace('_', ' × ')}", "log ratio", "Context")(lift)


_lift("device", "on this device")
_lift("os", "on this operating system")
_lift("country", "from this country")
_lift("referrer", "by visitors who came this way")
_lift("region", "from this region")


@_once
def _transitions(pool: Pool) -> Doubles:
    retriever = pool.retrievers["item_cf"]
    assert isinstance(retriever, ItemCF)
    return retriever.transitions(pool.visitors.items[pool.rows, 0], pool.items)


def _transition(channel: int) -> None:
    def transition(pool: Pool) -> Values:
        return _transitions(pool)[channel]

    direction, half_life = CHANNELS[channel].split(", ")
    after = "after" if direction == "forward" else "before"
    transition.__doc__ = (
        f"The share of readers of the visitor's last article who read this one {after} it, half-life {half_life}."
    )
    name, label = f"from_last_{direction}_{half_life.replace(' ', '')}", f"From the last click, {CHANNELS[channel]}"
    feature(name, label, "share", "Last clicks")(transition)


for _channel in range(len(CHANNELS)):
    _transition(_channel)


@feature("als_last", "ALS: like the last click", "cosine", "Last clicks")
def _als_last(pool: Pool) -> Values:
    """The cosine of the ALS vectors of this article and of the visitor's last one."""
    als = pool.retrievers["als"]
    assert isinstance(als, ALS)
    last = pool.visitors.items[:, 0]
    cosine = np.einsum("nd,nd->n", als.unit_vectors[pool.items], als.unit_vectors[last][pool.rows])
    return np.where((last == NOTHING)[pool.rows], np.nan, cosine)


@feature("section_share", "Section: share of the history", "share", "Last clicks")
def _section_share(pool: Pool) -> Values:
    """How much of what the visitor last read is of this article's section."""
    mine, theirs = _sections(pool)
    read = pool.visitors.items[pool.rows] != NOTHING
    same = (theirs == mine[:, None]) & read
    return same.sum(axis=1) / np.maximum(read.sum(axis=1), 1)


@feature("section_last", "Section: same as the last click", "yes/no", "Last clicks")
def _section_last(pool: Pool) -> Values:
    """Whether the visitor's last article is of this article's section."""
    mine, theirs = _sections(pool)
    return (theirs[:, 0] == mine) & (pool.visitors.items[pool.rows, 0] != NOTHING)


@feature("age", "Age", "hours", "Article")
def _age(pool: Pool) -> Values:
    """Hours since readers could first open the article."""
    return pool.live.age_hours(pool.items, pool.visitors.as_of[pool.rows])


@feature("since_read", "Last read by anybody", "hours", "Article")
def _since_read(pool: Pool) -> Values:
    """Hours between the latest click on the article and the moment up to which clicks are known."""
    return (pool.live.moment - pool.live.last[pool.items]) / HOUR


@feature("words", "Length", "words", "Article")
def _words(pool: Pool) -> Values:
    """How long the article is; missing where the metadata does not say."""
    words = pool.live.articles.words[pool.items]
    return np.where(words > 0, words, np.nan)


@feature("history", "Length of the history", "clicks", "Visitor")
def _history(pool: Pool) -> Values:
    """How many clicks of the visitor are known."""
    return pool.visitors.clicks[pool.rows]


@feature("gap", "Since the visitor's last click", "hours", "Visitor")
def _gap(pool: Pool) -> Values:
    """Hours since the visitor last opened an article; missing for a new visitor."""
    hours = (pool.visitors.as_of - pool.visitors.times[:, 0]) / HOUR
    return np.where(pool.visitors.items[:, 0] == NOTHING, np.nan, hours)[pool.rows]


@feature("device", "Device", "code", "Visitor")
def _device(pool: Pool) -> Values:
    """The visitor's device, as the dataset numbers it."""
    return pool.visitors.contexts[pool.rows, 0]


@feature("referrer", "Referrer", "code", "Visitor")
def _referrer(pool: Pool) -> Values:
    """How the visitor came, as the dataset numbers it."""
    return pool.visitors.contexts[pool.rows, 5]


def _sections(pool: Pool) -> tuple[Ints, Ints]:
    """The section of each row's article, and of its visitor's last articles. Shapes (rows,), (rows, depth)."""
    sections = pool.live.articles.sections
    return sections[pool.items], sections[pool.visitors.items][pool.rows]


def _popularity(pool: Pool) -> Popularity:
    retriever = pool.retrievers["popularity"]
    assert isinstance(retriever, Popularity)
    return retriever


DEFAULT = tuple(FEATURES)
"""The features that the reranker is trained with, in order."""
