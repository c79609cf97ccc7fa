"""A rule for the list: what it does, what it costs, and where it goes from there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.person import cards, go_to, open_page, settled, titles

pytestmark = pytest.mark.browser


def test_a_rule_changes_the_list_has_a_price_and_goes_along(page: Page, address: str) -> None:
    open_page(page, f"{address}/policies", "What if we wanted more variety?")
    before = titles(page, "Without rules")
    assert titles(page, "Under the policy") == before
    slider = page.get_by_role("slider", name="Articles of one section")
    slider.focus()
    slider.press("End")
    settled(page)
    after = titles(page, "Under the policy")
    assert after != before
    assert titles(page, "Without rules") == before
    expect(page.get_by_text(re.compile(r"of 100 next clicks"))).to_be_visible()
    expect(page).to_have_url(re.compile("policy="))

    with page.context.browser.new_context() as second:  # type: ignore[union-attr]
        other = second.new_page()
        open_page(other, page.url, "What if we wanted more variety?")
        assert titles(other, "Under the policy") == after

    go_to(page, "Recommend")
    expect(page.get_by_text("Lists follow the policy")).to_be_visible()
    assert cards(page).all_inner_texts() == after
    page.get_by_role("button", name="End the policy").click()
    settled(page)
    assert cards(page).all_inner_texts() == before


def test_a_policy_can_be_taken_along_as_a_file(page: Page, address: str) -> None:
    open_page(page, f"{address}/policies", "What if we wanted more variety?")
    save = page.get_by_role("button", name="Save the policy")
    expect(save).to_be_disabled()
    page.get_by_role("slider", name="Articles of one section").press("End")
    settled(page)
    with page.expect_download() as saved:
        save.click()
    assert 'rule = "section_cap"' in saved.value.path().read_text()
