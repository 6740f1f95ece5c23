"""The tests themselves: each one can fail."""

import ast
from collections.abc import Iterator

from tests.architecture.tree import modules

Function = ast.FunctionDef | ast.AsyncFunctionDef
RAISES = {"raises", "warns"}


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def written_tests(tree: ast.AST) -> Iterator[Function]:
    return (function for function in functions(tree) if function.name.startswith("test_"))


def names_called(function: Function) -> set[str]:
    """The last words of whatever a function calls: `check` of `story.check(...)`."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def asserts(function: Function) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(function)) or not RAISES.isdisjoint(names_called(function))


def asserting() -> set[str]:
    """The names of the tests' own functions that assert, by themselves or through others."""
    ours = [function for _, tree in modules("tests") for function in functions(tree)]
    found = {function.name for function in ours if asserts(function)}
    while more := {one.name for one in ours if one.name not in found and not found.isdisjoint(names_called(one))}:
        found |= more
    return found


def test_every_test_has_an_assertion_that_can_fail() -> None:
    known = asserting()
    toothless = [
        f"{path}:{test.lineno} {test.name}"
        for path, tree in modules("tests")
        for test in written_tests(tree)
        if test.name not in known
    ]
    assert toothless == []
