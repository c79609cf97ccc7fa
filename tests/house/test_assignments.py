"""Settings are passed: nothing sets an attribute of another module, neither the program nor its tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.shared import ROOT

FOLDERS = ("recsys", "pages", "benchmarks", "tests", "docs")
SETTERS = {"setattr", "delattr", "patch", "object"}
"""Functions that set an attribute: the built-in ones, those of pytest's monkeypatch, and of mock."""


def modules(tree: ast.Module) -> set[str]:
    """The names in a file that stand for modules."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(name.asname or name.name).split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            folder = ROOT / node.module.replace(".", "/")
            found |= {
                name.asname or name.name
                for name in node.names
                if (folder / f"{name.name}.py").exists() or (folder / name.name / "__init__.py").exists()
            }
    return found


def root(node: ast.expr) -> str | None:
    """The name that a chain of attributes begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def assignments(source: str) -> Iterator[tuple[int, str]]:
    """Where a file sets an attribute of a module."""
    tree = ast.parse(source)
    named = modules(tree)
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [node.target]
        elif isinstance(node, ast.Delete):
            targets = node.targets
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            for part in parts:
                if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in named:
                    yield part.lineno, ast.unparse(part)
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
            first = node.args[0]
            by_name = isinstance(first, ast.Constant) and str(first.value).startswith("recsys.")
            if name in SETTERS and (by_name or root(first) in named):
                yield node.lineno, ast.unparse(node)


def test_no_file_sets_an_attribute_of_a_module() -> None:
    files = [ROOT / "streamlit_app.py", *(file for name in FOLDERS for file in (ROOT / name).rglob("*.py"))]
    assert len(files) > 200
    found = [(file.name, *where) for file in files for where in assignments(file.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "als.SEED = 3",
        "als.SEED += 1",
        "x, als.SEED = 1, 2",
        "del als.SEED",
        "for als.SEED in range(3): pass",
        "setattr(als, 'SEED', 3)",
        "monkeypatch.setattr(als, 'SEED', 3)",
        "monkeypatch.setattr('recsys.retrieval.als.SEED', 3)",
        "mock.patch.object(als, 'SEED', 3)",
    ],
)
def test_such_a_line_is_found(line: str) -> None:
    assert len(list(assignments(f"from recsys.retrieval import als\n{line}\n"))) == 1
    assert list(assignments("from recsys.retrieval import als\nsettings.seed = als.SEED\n")) == []
