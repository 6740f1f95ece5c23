"""The language of orders: one table (`table`) is parser, permission and help; `reading` finds orders in what somebody wrote."""

from maildesk.core.orders.doubtful import resembles_order
from maildesk.core.orders.reading import Order, Parsed, Unclear, parse, plain
from maildesk.core.orders.table import KINDS, ORDERS, WORDS, Need, Rule, Verb, Who, help_for, help_in

__all__ = [
    "KINDS",
    "ORDERS",
    "WORDS",
    "Need",
    "Order",
    "Parsed",
    "Rule",
    "Unclear",
    "Verb",
    "Who",
    "help_for",
    "help_in",
    "parse",
    "plain",
    "resembles_order",
]
