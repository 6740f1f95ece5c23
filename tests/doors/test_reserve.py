"""A part of the relay's rate is kept for what people write."""

import asyncio

from maildesk.config import Relay
from maildesk.smtp import Lines


def spare_after(rate: int, begun: int) -> int:
    async def play() -> int:
        lines = Lines(Relay(host="127.0.0.1", port=9, security="plain", rate_per_minute=rate))
        for _ in range(begun):
            await lines._pace.wait()
        return lines.spare

    return asyncio.run(play())


def test_a_fifth_of_the_rate_is_left_when_a_machine_may_send_no_more() -> None:
    assert [spare_after(10, begun) for begun in (0, 1, 7, 8, 9, 10)] == [8, 7, 1, 0, 0, 0]


def test_a_machine_is_heard_however_little_the_relay_takes() -> None:
    assert [spare_after(rate, 0) for rate in (1, 4, 5)] == [1, 4, 4]
