"""Each layout known by name is recognized, and read as those who published it meant it; small samples, made up here."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys.core.types import MINUTE
from recsys.data.dataset_settings import dataset_settings
from recsys.data.inspection import proposed_toml
from recsys.data.loader import load
from recsys.data.reading.layouts import layouts
from recsys.data.reading.resolve import resolve
from recsys.errors import DataError, InputError

SECONDS = 1_700_000_000
READERS, ARTICLES = ["1", "2", "1", "3"], ["11", "12", "13", "11"]
AT = [0, 60, 120, 180]
"""Four clicks: whose, on what, seconds after the first."""


def table(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def text(times: str) -> list[str]:
    return pd.to_datetime([SECONDS + one for one in AT], unit="s").strftime(times).tolist()


def globo(folder: Path) -> None:
    frame = table(user_id=READERS, session_id=[1, 2, 1, 3], click_article_id=ARTICLES)
    frame.assign(click_timestamp=[1000 * (SECONDS + one) for one in AT]).to_csv(folder / "clicks.csv", index=False)


def mind(folder: Path) -> None:
    shown = [f"N{article}-1 N99-0" for article in ARTICLES]
    when = text("%m/%d/%Y %I:%M:%S %p")
    rows = zip(range(4), (f"U{one}" for one in READERS), when, ["N1"] * 4, shown, strict=True)
    lines = ["\t".join(map(str, row)) for row in rows] + ["9\tU1\t11/14/2023 10:13:20 PM\t\tN98-0"]
    (folder / "behaviors.tsv").write_text("\n".join(lines) + "\n")
    news = "\n".join(f'N{one}\tsports\tgolf\t"A" title {one}\tAbstract\turl\t[]\t[]' for one in ("11", "12", "13"))
    (folder / "news.tsv").write_text(news + "\n")


def ebnerd(folder: Path) -> None:
    frame = table(user_id=[1, 2, 1, 3], session_id=[5, 5, 5, 5], device_type=[1, 2, 1, 3])
    moments = pd.to_datetime([SECONDS + one for one in AT], unit="s")
    clicked = [[int(one)] for one in ARTICLES]
    frame.assign(impression_time=moments, article_ids_inview=clicked, article_ids_clicked=clicked).to_parquet(
        folder / "train_behaviors.parquet"
    )


def ebnerd_history(folder: Path) -> None:
    moments = [pd.to_datetime(SECONDS + one, unit="s") for one in AT]
    read = {reader: [n for n, one in enumerate(READERS) if one == reader] for reader in sorted(set(READERS))}
    frame = table(user_id=[int(one) for one in read])
    frame["impression_time_fixed"] = [[moments[n] for n in rows] for rows in read.values()]
    frame["article_id_fixed"] = [[int(ARTICLES[n]) for n in rows] for rows in read.values()]
    frame.to_parquet(folder / "history.parquet")


def adressa(folder: Path) -> None:
    frame = table(eventId=[1, 2, 3, 4], userId=[f"cx:{one}" for one in READERS], sessionStart=[False] * 4)
    frame = frame.assign(time=[SECONDS + one for one in AT], url="http://a.no/x", id=ARTICLES)
    front = json.dumps({"eventId": 9, "userId": "cx:1", "sessionStart": True, "time": SECONDS, "url": "http://a.no"})
    (folder / "20170101.json").write_text(frame.to_json(orient="records", lines=True) + front + "\n")


def movielens(folder: Path) -> None:
    rows = zip(READERS, ARTICLES, AT, strict=True)
    (folder / "ratings.dat").write_text("".join(f"{u}::{a}::5::{SECONDS + at}\n" for u, a, at in rows))
    films = "".join(f"{one}::Film, {one} (1995)::Drama|War\n" for one in ("11", "12", "13"))
    (folder / "movies.dat").write_bytes(films.encode("latin-1"))


def recbole(folder: Path) -> None:
    names = {
        "user_id:token": READERS,
        "item_id:token": ARTICLES,
        "timestamp:float": [float(SECONDS + one) for one in AT],
    }
    pd.DataFrame(names).to_csv(folder / "log.inter", sep="\t", index=False)
    films = {"item_id:token": ["11", "12", "13"], "movie_title:token_seq": ["A", "B", "C"]}
    pd.DataFrame(films).to_csv(folder / "log.item", sep="\t", index=False)


def yoochoose(folder: Path) -> None:
    frame = table(a=READERS, b=text("%Y-%m-%dT%H:%M:%S.000Z"), c=ARTICLES, d=[0] * 4)
    frame.to_csv(folder / "yoochoose-clicks.dat", index=False, header=False)


def retailrocket(folder: Path) -> None:
    frame = table(
        timestamp=[1000 * (SECONDS + one) for one in AT], visitorid=READERS, event=["view"] * 4, itemid=ARTICLES
    )
    sold = table(timestamp=[1000 * SECONDS], visitorid=["1"], event=["transaction"], itemid=["11"])
    pd.concat([frame, sold]).to_csv(folder / "events.csv", index=False)
    table(timestamp=[1], itemid=["11"], property=["888"], value=["x"]).to_csv(
        folder / "item_properties.csv", index=False
    )


def otto(folder: Path) -> None:
    def events(reader: str) -> list[dict[str, object]]:
        rows = zip(READERS, ARTICLES, AT, strict=True)
        own = [{"aid": int(a), "ts": 1000 * (SECONDS + at), "type": "clicks"} for r, a, at in rows if r == reader]
        return [*own, {"aid": 11, "ts": 1000 * (SECONDS + 500), "type": "carts"}]

    lines = [json.dumps({"session": int(one), "events": events(one)}) for one in ("1", "2", "3")]
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n")


def deskdrop(folder: Path) -> None:
    frame = table(timestamp=[SECONDS + one for one in AT], eventType=["VIEW"] * 4, contentId=ARTICLES, personId=READERS)
    frame = frame.assign(sessionId=READERS, userAgent=None, userRegion="SP", userCountry=["BR", "BR", None, "US"])
    pd.concat([frame, frame.head(1).assign(eventType="LIKE")]).to_csv(folder / "users_interactions.csv", index=False)


def ga4(folder: Path) -> None:
    frame = table(event_timestamp=[10**6 * (SECONDS + one) for one in AT], event_name=["page_view"] * 4)
    frame = frame.assign(user_pseudo_id=READERS, ga_session_id=[7, 7, 7, 7], page_location=ARTICLES, country="Denmark")
    frame.to_csv(folder / "ga4.csv", index=False)


def matomo(folder: Path) -> None:
    frame = table(idvisit=[1, 2, 1, 3], idvisitor=READERS, url=ARTICLES, server_time=text("%Y-%m-%d %H:%M:%S"))
    frame.to_csv(folder / "visits.csv", index=False)


def access_log(folder: Path) -> None:
    def line(reader: str, article: str, at: int, *, agent: str = "Mozilla/5.0 (iPhone)", status: int = 200) -> str:
        when = pd.to_datetime(SECONDS + at, unit="s").strftime("%d/%b/%Y:%H:%M:%S +0000")
        return f'{reader} - - [{when}] "GET /{article}?from=x HTTP/1.1" {status} 12 "https://a.example/" "{agent}"'

    lines = [line(*click) for click in zip(READERS, ARTICLES, AT, strict=True)]
    others = [
        line("1", "style.css", 10), line("1", "12", 20, status=404), line("9", "12", 30, agent="Googlebot/2.1"),
    ]  # fmt: skip
    (folder / "access.log").write_text("\n".join([*lines, *others]) + "\n")


def jodie(folder: Path) -> None:
    rows = zip(READERS, ARTICLES, AT, strict=True)
    lines = [f"{reader},{article},{at}.0,0,-0.17,-0.18,0.5" for reader, article, at in rows]
    header = "user_id,item_id,timestamp,state_label,comma_separated_list_of_features"
    (folder / "wikipedia.csv").write_text("\n".join([header, *lines]) + "\n")


def trivago(folder: Path) -> None:
    frame = table(user_id=READERS, session_id=["a", "b", "a", "c"], timestamp=[SECONDS + one for one in AT])
    frame = frame.assign(
        step=1, action_type="clickout item", reference=ARTICLES, platform="AU", device="mobile", impressions="11|12"
    )
    searched = frame.head(1).assign(action_type="search for destination", reference="Sydney, Australia")
    pd.concat([frame, searched]).to_csv(folder / "train.csv", index=False)


def diginetica(folder: Path) -> None:
    frame = table(sessionId=READERS, userId=["NA"] * 4, itemId=ARTICLES, timeframe=[1000 * one for one in AT])
    frame.assign(eventdate="2016-05-09").to_csv(folder / "train-item-views.csv", sep=";", index=False)


def idomaar(folder: Path) -> None:
    def line(number: int, reader: str, article: str, at: int) -> str:
        who = {"subjects": [{"type": "user", "id": int(reader)}], "objects": [{"type": "track", "id": int(article)}]}
        return "\t".join(["event.play", str(number), str(SECONDS + at), '{"playtime":200}', json.dumps(who)])

    lines = [line(n, *click) for n, click in enumerate(zip(READERS, ARTICLES, AT, strict=True))]
    (folder / "events.idomaar").write_text("\n".join(lines) + "\n")


SAMPLES: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        globo,
        mind,
        ebnerd,
        adressa,
        movielens,
        recbole,
        yoochoose,
        retailrocket,
        otto,
        deskdrop,
        ga4,
        matomo,
        access_log,
        jodie,
        trivago,
        diginetica,
        idomaar,
    )
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_layout_is_recognized_and_read(tmp_path: Path, name: str) -> None:
    SAMPLES[name](tmp_path)
    assert resolve(tmp_path).layout == name
    log, report = load(tmp_path)
    assert report.bad == []
    own = log.clicks
    assert ((own.times - own.times[0]) // 1000).tolist() == AT
    articles = [str(log.names.article(one)) for one in log.articles.ids[own.items].tolist()]
    assert [one.removeprefix("N").removeprefix("/") for one in articles] == ARTICLES
    readers = [str(log.names.user(one)) for one in log.user_ids[own.users].tolist()]
    assert [one.removeprefix("cx:").removeprefix("U").split(" ")[0] for one in readers] == READERS
    assert own.sessions[0] == own.sessions[2]
    assert len(np.unique(own.sessions)) == 3


def test_every_layout_has_a_sample_here() -> None:
    assert {name for name, one in layouts().items() if one.columns or one.files or one.line} == set(SAMPLES)


@pytest.mark.parametrize("name", sorted(layouts()))
def test_settings_of_layouts_are_sound(name: str) -> None:
    settings = dataset_settings({"name": name, "title": name, **layouts()[name].given}, name)
    assert settings.sessions.gap_minutes * MINUTE > 0


def test_articles_of_a_layout_are_described(tmp_path: Path) -> None:
    mind(tmp_path)
    articles = load(tmp_path)[0].articles
    assert sorted(articles.texts["title"].tolist()) == [f'"A" title {one}' for one in ("11", "12", "13")]
    assert (articles.sections > 0).all()
    assert set(articles.texts["teaser"].tolist()) == {"Abstract"}


def test_histories_lie_beside_impressions(tmp_path: Path) -> None:
    ebnerd(tmp_path)
    ebnerd_history(tmp_path)
    assert resolve(tmp_path).layout == "ebnerd"
    log, _ = load(tmp_path)
    assert len(log.clicks) == 2 * len(AT)
    own = log.clicks
    assert own.items[::2].tolist() == own.items[1::2].tolist(), "each click from both files"
    assert own.times[::2].tolist() == own.times[1::2].tolist()
    assert len(np.unique(own.sessions)) == 2 * len(set(READERS))


def test_what_is_no_page_that_a_person_opened_is_counted(tmp_path: Path) -> None:
    access_log(tmp_path)
    log, report = load(tmp_path)
    assert "3 rows are other actions than page and are left out" in report.notes
    assert set(log.dataset.labels["device"].names.values()) == {"phone"}
    (tmp_path / "access.log").write_text((tmp_path / "access.log").read_text() + "nonsense\n")
    with pytest.raises(DataError, match=r"1 bad row .*access\.log line 8: it is not written as the others are"):
        load(tmp_path)


def test_a_bad_row_of_a_list_is_named_by_the_row_that_holds_the_list(tmp_path: Path) -> None:
    mind(tmp_path)
    lines = (tmp_path / "behaviors.tsv").read_text().splitlines()
    lines[1] = lines[1].replace("/2023", "/1923")
    lines[0] = lines[0].replace("N99-0", "N99-1")  # two clicks in the line before it
    (tmp_path / "behaviors.tsv").write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match=r"behaviors\.tsv line 2: the time is before 1990"):
        load(tmp_path)


def test_settings_written_for_a_layout_read_the_same_again(tmp_path: Path) -> None:
    mind(tmp_path)
    before = load(tmp_path)[0].fingerprint
    (tmp_path / "dataset.toml").write_text(proposed_toml(resolve(tmp_path)))
    assert load(tmp_path)[0].fingerprint == before


def test_a_layout_that_is_not_known_is_a_sentence(tmp_path: Path) -> None:
    globo(tmp_path)
    with pytest.raises(InputError, match=r"There is no layout 'kaggle'\. There are access_log, adressa, "):
        load(tmp_path, layout="kaggle")
