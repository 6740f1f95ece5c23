"""What an answer repeats of our letter is told exactly, and nothing else is taken for it."""

import pytest

from maildesk.core.echo import without

LETTER = """\
##- 请在这一行上方回复 -##

王芳你好，

你的来信已经收到，编号是 TS20231027001。10:10 前会有人答复你，15:00 前处理完。

我们理解的情况：

现象：打印机打不出来
系统：三楼打印机

还缺下面几项，请直接在这里填：

发生时间：
报错信息：
"""


def test_a_letter_quoted_without_any_mark_is_left_out() -> None:
    new, hidden = without(f"好的，谢谢。\n\n{LETTER}", LETTER)
    assert new == "好的，谢谢。"
    assert hidden == 9


def test_it_is_known_however_it_was_wrapped_and_indented() -> None:
    wrapped = (
        "  你的来信已经收到，编号是\n  TS20231027001。10:10 前会有人\n\n  答复你，15:00 前处理完。\n"
        "  我们理解的情况：\n  现象：打印机打不出来 系统：三楼打印机"
    )
    assert without(f"{wrapped}\n\n已经好了", LETTER) == ("已经好了", 5)


def test_an_answer_in_the_middle_of_it_stays() -> None:
    filled = LETTER.replace("发生时间：", "发生时间：今天上午九点").replace("报错信息：", "报错信息：缺纸")
    new, _ = without(filled, LETTER)
    assert new.splitlines() == ["发生时间：今天上午九点", "报错信息：缺纸"]


@pytest.mark.parametrize(
    "text",
    [
        "现象：打印机打不出来\n系统：三楼打印机\n从昨天开始的",
        "你的来信已经收到，编号是 TS20231027001。10:10 前会有人答复你，15:00 前处理完。\n这句话是什么意思？",
        "",
        "谢谢",
    ],
)
def test_a_sentence_or_two_of_ours_may_be_repeated(text: str) -> None:
    assert without(text, LETTER) == (text, 0)


def test_lines_in_another_order_are_a_persons_own() -> None:
    turned = "\n".join(reversed([line for line in LETTER.splitlines() if line]))
    assert without(turned, LETTER) == (turned, 0)


def test_nothing_is_repeated_of_an_empty_letter() -> None:
    assert without(LETTER, "") == (LETTER, 0)
