"""One letter at a time between DATA and the record of its answer, and no standstill because of one."""

import asyncio

import pytest

from maildesk.desk.gate import Gate


async def test_one_at_a_time_is_in() -> None:
    gate, inside, most = Gate(60.0), 0, 0

    async def pass_through() -> None:
        nonlocal inside, most
        async with gate.passed():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(pass_through() for _ in range(20)))
    assert (most, inside) == (1, 0)


async def test_who_takes_too_long_holds_up_nobody_and_lets_in_one_at_a_time() -> None:
    gate, answer = Gate(0.01), asyncio.Event()
    order: list[str] = []

    async def slow() -> None:
        async with gate.passed():
            await answer.wait()
            order.append("slow")

    async def quick(name: str) -> None:
        async with gate.passed():
            order.append(name)

    first = asyncio.create_task(slow())
    await asyncio.sleep(0)
    await asyncio.gather(quick("one"), quick("two"))
    answer.set()
    await first
    assert order == ["one", "two", "slow"]


async def test_leaving_late_opens_the_gate_no_second_time() -> None:
    gate = Gate(0.0)
    async with gate.passed():
        await asyncio.sleep(0.01)
    async with gate.passed():
        waiting = asyncio.create_task(gate.passed().__aenter__())
        await asyncio.sleep(0)
        assert not waiting.done()
        await waiting


async def test_a_trouble_inside_opens_the_gate() -> None:
    gate = Gate(60.0)
    with pytest.raises(ValueError, match="trouble"):
        async with gate.passed():
            raise ValueError("trouble")
    async with asyncio.timeout(1), gate.passed():
        passed = True
    assert passed
