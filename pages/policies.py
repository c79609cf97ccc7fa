"""What if we wanted more variety?"""

from dataclasses import replace

import streamlit as st

from recsys.backtest.policy_price import KeptVisits
from recsys.core.policy import NO_POLICY
from recsys.engine.recommendation import Recommendation
from recsys.errors import InputError
from recsys.policy.base import RULES
from recsys.policy.files import as_toml
from recsys.ui import cached, messages, policy_dials
from recsys.ui.components import charts, pair, waiting
from recsys.ui.components.article_lists import Column, card
from recsys.ui.components.choices import choose
from recsys.ui.components.moving_lists import moved
from recsys.ui.components.request_card import draw as request_card
from recsys.ui.figures.policies import trade_off
from recsys.ui.page_context import page_context
from recsys.ui.tables import exposure
from recsys.ui.tables import policies as tables
from recsys.ui.theme import plain
from recsys.ui.view_state import highlight_article

PUT_BY = {"pin": "pinned", "exploration": "to try out"}
PINNABLE = 60
COLUMNS = {"read": "Read", "without": "Without rules", "with": "Under the policy"}
page = page_context()
engine, view = page.loaded.engine, page.view
policy = view.policy


def column(name: str, colour: str, answer: Recommendation, other: Recommendation) -> Column:
    """One of the two lists, with what came of each article, or how it came there."""
    put_by = answer.outcome.put_by if answer.outcome is not None else ()
    cards = []
    for index, article in enumerate(answer.articles):
        mark = "" if article in other.articles else "gone"
        if answer.outcome is not None:
            key = put_by[index] if index < len(put_by) else ""
            mark = PUT_BY.get(key) or moved(index, article, other.articles)
        cards.append(card(engine, article, answer.as_of, mark=mark, hit=article == answer.ground_truth))
    return Column(name, colour, cards)


def glance(visits: KeptVisits) -> None:
    """The price in four figures, beside the sliders."""
    st.caption(f"All readers: over {len(visits.readers)} visits that this set keeps")
    with st.container(horizontal=True, gap="medium"):
        for one in tables.at_a_glance(visits.price(policy, view.k)):
            st.metric(
                one.label, one.value, one.change, delta_color="off", delta_arrow="off", delta_description=one.remark,
                width="content",
            )  # fmt: skip
    st.caption("This reader")


def price(visits: KeptVisits) -> None:
    """What the policy costs and brings, in sentences and as a table."""
    if not policy.rules:
        st.info("Move a slider, or try one of the policies above, and here is what it costs.")
        return
    found = visits.price(policy, view.k)
    st.markdown(tables.in_short(found, len(visits.readers), view.k))
    charts.table(
        tables.price(found),
        "policy_price",
        {
            "figure": "Figure",
            "before": "Without",
            "after": "With",
            "difference": "Difference",
            "from": "95% from",
            "to": "to",
            "meaning": st.column_config.TextColumn("What it is", width="large"),
        },
    )


def curve(visits: KeptVisits) -> None:
    """One rule from off to its strongest."""
    kinds = {kind.key: kind.label for kind in policy_dials.with_dials()}
    kind = RULES[choose("policies.curve", "Rule", kinds)]
    rows = tables.curve(visits.curve(policy, kind, view.k), kind.buys)
    own = policy_dials.rule_of(policy, kind)
    now = "off" if own is None else f"{getattr(own, kind.dial):g}"
    charts.show(
        trade_off(rows, now, tables.label(kind.buys), tables.label("found")),
        f"What the rule {kind.label} costs and brings, from off to its strongest; today it is {now}.",
        rows,
        "policy_curve",
    )
    st.caption(
        f"Each point is one setting of the slider *{kind.label}*, with the other rules as they are; the large one is "
        "today's. Along the bottom is what the rule is for, and the lower the point, the more clicks it costs."
    )


def shown(visits: KeptVisits) -> None:
    """Who and what is shown, beside what is read."""
    cut = choose("policies.by", "By", exposure.CUTS)
    whose = None
    if cut not in exposure.READERS:
        whose = exposure.context_of(choose("policies.whose", "Readers", exposure.groups(visits, engine.dataset)))
    st.markdown(exposure.in_words(*visits.exposures(policy, view.k, whose)))
    percent = {name: st.column_config.NumberColumn(label, format="%.1f%%") for name, label in COLUMNS.items()}
    charts.table(
        exposure.by(cut, visits, policy, view.k, engine.dataset, whose),
        "policy_exposure",
        {"group": exposure.CUTS[cut], "visits": "Visits", **percent},
    )
    st.caption(
        "Of 100 next clicks of these readers, how many are on their lists: who pays for the policy."
        if cut in exposure.READERS
        else "Of 100 clicks, and of 100 places of all lists together, how many are of each kind."
    )


st.title("What if we wanted more variety?", anchor=False)
st.markdown(
    "A policy says what a list should be besides relevant: various, fresh, fair to new articles. Move a slider, and "
    "see what it does to this reader's list, and what it would cost over all readers."
)
policy_dials.draw_examples()
try:
    before = engine.recommend(replace(view.request(), policy=NO_POLICY))
except InputError as error:
    page.refuse(error)
controls, lists = st.columns([1, 2.2], gap="large")
with controls:
    policy_dials.draw_name(policy)
    policy_dials.draw_sliders(policy)
    items = before.ranking.pool.items[before.ranking.order[:PINNABLE]]
    titles = {engine.names.article(int(engine.articles.ids[item])): engine.title(item) for item in items.tolist()}
    policy_dials.draw_pin(policy, titles, view.k)
    codes = sorted({code for code in engine.articles.sections[items].tolist() if code >= 0})
    policy_dials.draw_sections(policy, {code: engine.dataset.label("section", code) for code in codes})
with lists:
    figures = st.container(key="policy_figures")
    try:
        after = engine.recommend(view.request())
    except InputError as error:
        messages.error(str(error))
        st.info("Take back one of the rules that contradict each other.")
        st.stop()
    pair.draw(
        column("Without rules", "gray", before, after),
        column(f"Under the policy {plain(policy.name)}".strip(), "red", after, before),
        view.article,
        highlight_article,
    )
    for note in after.outcome.notes if after.outcome is not None else ():
        messages.warning(note)
    with st.container(horizontal=True):
        st.download_button(
            "Save the policy",
            as_toml([policy]),
            "policy.toml",
            "application/toml",
            icon=":material/save:",
            disabled=not policy.rules,
            help="A file for `recsys serve --policy policy.toml`, which puts it in force.",
        )

below = choose(
    "policies.below",
    "Below",
    {"price": "What it costs, and brings", "curve": "From off to its strongest", "exposure": "Who and what is shown"},
)
job = cached.policy_visits(page.loaded)
try:
    visits = job.made()
except InputError as error:
    st.info(plain(str(error)))
    st.stop()
if visits is None:
    waiting.draw(job, "Looking up the visits that this set keeps, once for everyone …")
    st.stop()
with figures:
    glance(visits)
{"price": price, "curve": curve, "exposure": shown}[below](visits)
st.markdown(
    "**What this can't say.** The log has clicks and not what was on screen, so nobody knows what readers would have "
    "done with another list: a click that the policy loses might have become a click on something else. It is the "
    "price if nobody changed their mind. Nor does the log know who speaks in an article, and in which tone, which "
    "other measures of diversity ask for."
)
request_card(view.request())
