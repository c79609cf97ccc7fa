from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from recsys.retrieval.popularity.families import FAMILIES
from recsys.retrieval.popularity.retriever import Popularity
from recsys.retrieval.popularity.settings import PopularitySettings
from tests.helpers import DESKTOP_US, PHONE_DE, live_at, tiny_log, visitors_at

SETTINGS = PopularitySettings()


def fitted(rows: list, hours: float = 1.0, articles: int = 60) -> Popularity:
    log = tiny_log(rows, articles=articles, users=100)
    return Popularity.fit(SETTINGS, log, live_at(log, hours), lambda _: None)


def test_a_share_in_a_context_by_hand() -> None:
    """Desktop reads article 1 three times, the phone article 2 once; all at one moment, so that decay cancels."""
    popularity = fitted([(u, u, 1, 0.5) for u in range(3)] + [(9, 9, 2, 0.5, PHONE_DE)])
    weight = 2 ** (-0.5 / SETTINGS.context_half_lives[0])
    overall = np.array([0.75, 0.25])
    assert popularity.share("overall", np.array(DESKTOP_US, np.int16)) == pytest.approx(overall)
    on_phone = (np.array([0, weight]) + SETTINGS.pseudo_clicks * overall) / (weight + SETTINGS.pseudo_clicks)
    assert popularity.share("device", np.array(PHONE_DE, np.int16)) == pytest.approx(on_phone)
    contexts = np.array([PHONE_DE, DESKTOP_US, PHONE_DE], np.int16)
    visitors = replace(visitors_at(tiny_log([], 60, 100), [0, 1, 0], 1.0), contexts=contexts)
    of, positions = np.array([2, 0], np.int32), popularity.live.position[[2, 1]]
    lifts = popularity.log_lifts("device", 0, visitors, of, positions)
    assert lifts == pytest.approx(np.log(on_phone[::-1] / overall[::-1]))
    assert popularity.log_lifts("device", 0, visitors, np.array([1]), positions[:1])[0] < 0, "the desktop's is another"


def test_what_is_read_now_beats_what_was_read_long_ago() -> None:
    rows = [(u, u, 1, 0.0) for u in range(20)] + [(50 + u, 50 + u, 2, 11.9) for u in range(5)]
    popularity = fitted(rows, 12.0)
    found = popularity.retrieve(visitors_at(tiny_log(rows, 60, 100), [1], 12.0), 2)
    assert found.items[0].tolist() == [2, -1], "article 1 is read already"


def test_the_blend_fills_ten_places_as_it_should() -> None:
    """Every group has articles of its own: of ten 2 by OS, 2 by device, 3 by OS × country, 3 by device × country."""
    groups = [(3, 2, 5), (3, 9, 10), (8, 2, 10)]  # same device or same OS as the asker's (3, 2, 10), never both
    rows = []
    user = 0
    for group, context in enumerate([*groups, (3, 2, 10)]):
        for article in range(12):
            for _ in range(12 - article):
                rows.append((user % 100, user, 12 * group + article, 0.5, (*context, 0, 4, 1)))
                user += 1
    popularity = fitted(rows)
    blend = popularity.blend(np.array(PHONE_DE, np.int16))
    first_ten = Counter(family for _, family in blend[:10])
    assert first_ten == {"os": 2, "device": 2, "os_country": 3, "device_country": 3}
    assert len({position for position, _ in blend}) == len(blend) == 48
    found = popularity.retrieve(visitors_at(tiny_log([(0, 0, 0, 0.5)]), [-1], 1.0, PHONE_DE), 10)
    assert found.items[0].tolist() == [int(popularity.live.items[position]) for position, _ in blend[:10]]


def test_a_context_never_seen_gets_the_overall_list() -> None:
    popularity = fitted([(u, u, 1 + (u % 3 == 0), 0.5) for u in range(12)])
    blend = popularity.blend(np.full(6, 99, np.int16))
    assert [family for _, family in blend] == ["overall", "overall"]
    assert [int(popularity.live.items[position]) for position, _ in blend] == [1, 2]


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_list_follows_every_field_that_its_families_look_at(family: str) -> None:
    """Two readers at a time, who differ in one field: what each has is what they would have alone."""
    rows = [(user, user, 1 + user % 9, 0.5, PHONE_DE if user % 3 else DESKTOP_US) for user in range(40)]
    popularity = replace(fitted(rows), settings=SETTINGS.model_copy(update={"listed": ("overall", family)}))
    base = visitors_at(tiny_log(rows, 60, 100), [0, 1], 1.0)
    for field in range(6):
        contexts = np.array([PHONE_DE, PHONE_DE], np.int16)
        contexts[1, field] = DESKTOP_US[field]
        found = popularity.scores(replace(base, contexts=contexts))
        alone = [popularity.mix(("overall", family), own)[None, :] for own in contexts]
        np.testing.assert_array_equal(found, np.concatenate(alone))
