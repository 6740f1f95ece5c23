"""Orders about what a ticket is."""

from dataclasses import replace
from typing import Any

import pytest

from maildesk.core.ticket import Priority
from tests.core.clockwork import MINUTE, at
from tests.core.correspondence import (
    DESKTOP,
    LOGIN,
    NOW,
    PRINTER,
    after,
    obeyed,
    order,
    said,
)
from tests.core.ordering import WORKING, unchanged


@pytest.mark.parametrize(
    ("facts", "text", "done"),
    [
        ({}, "/priority P3", True),
        ({}, "/priority P2", False),
        ({}, "/priority P2 全部门无法登录", True),
        ({"asked": Priority.P1}, "/priority P1", True),
        ({"asked": Priority.P1}, "/priority P3", False),
        ({"asked": Priority.P1, "confirmed": Priority.P2}, "/priority P2", True),
        ({"asked": Priority.P1, "confirmed": Priority.P2}, "/priority P1", False),
    ],
)
def test_a_priority_that_differs_needs_a_reason(facts: dict[str, Any], text: str, done: bool) -> None:
    before = replace(WORKING, **facts)
    decision = order(before, text)
    assert obeyed(decision) is done
    assert done or unchanged(decision, before)


def test_the_confirmed_priority_is_kept_with_its_reason() -> None:
    changed = after(order(WORKING, "/优先级 P1 因该故障导致全部门无法登录"))
    assert (changed.confirmed, changed.priority_reason, changed.priority_at) == (Priority.P1, "因该故障导致全部门无法登录", NOW)
    assert changed.proposed is Priority.P3


def test_who_makes_it_a_p1_is_told_to_phone() -> None:
    assert said(order(WORKING, "/priority P1 全部门"))[0].endswith("，请在 10-28 周三 10:45 前打电话给提交人")
    assert "电话" not in said(order(replace(WORKING, proposed=Priority.P1), "/priority P1"))[0]


@pytest.mark.parametrize(
    ("phone", "told"),
    [
        ({"due": 5 * MINUTE, "call": (10 * MINUTE,)}, "，请在 10-28 周三 10:35 前打电话给提交人"),
        ({"on": False}, "优先级 P3 → P1"),
    ],
)
def test_by_when_to_phone_is_what_the_policy_says(phone: dict[str, Any], told: str) -> None:
    usual = DESKTOP.policy.usual
    policy = replace(DESKTOP.policy, usual=replace(usual, phone=replace(usual.phone, **phone)))
    assert said(order(WORKING, "/priority P1 全部门", known=replace(DESKTOP, policy=policy)))[0].endswith(told)


def test_whoever_phoned_already_is_not_told_to() -> None:
    assert "前打电话" not in said(order(replace(WORKING, called_at=at("10-28 10:12")), "/priority P1 全部门"))[0]


def test_the_same_priority_again_does_not_start_its_clock_anew() -> None:
    before = replace(WORKING, confirmed=Priority.P2, priority_at=at("10-28 10:05"), priority_reason="x")
    assert after(order(before, "/priority P2")).priority_at == at("10-28 10:05")


@pytest.mark.parametrize("text", ["/分类 系统故障-登录异常", "/category System-Login", "/分类 登录异常"])
def test_a_category_is_set_by_its_name(text: str) -> None:
    changed = after(order(WORKING, text))
    assert (changed.category, changed.category_source) == (LOGIN.name, "engineer")


def test_another_category_may_need_other_facts() -> None:
    assert after(order(WORKING, f"/category {PRINTER.name}")).missing == ("symptom", "occurred", "error", "system", "contact")


def test_an_unknown_category_is_refused_with_those_there_are() -> None:
    assert said(order(WORKING, "/分类 天气")) == [f"没有这个分类。有：{LOGIN.name}、{PRINTER.name}"]
