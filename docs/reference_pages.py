"""A hook of MkDocs that makes the API reference: a page for each package of ``recsys``, with all of its modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

PACKAGE = Path(__file__).resolve().parent.parent / "recsys"
LAYERS = ("core", "data", "retrieval", "ranking", "engine", "evaluation", "analysis", "artifacts", "training",
          "backtest", "spark", "bench", "api", "cli", "ui", "testing")  # fmt: skip
"""From the bottom to the top, as in ``pyproject.toml``."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the reference after the other pages."""
    assert config.nav is not None
    config.nav.append({"Reference": [{name: f"reference/{name}.md"} for name in LAYERS]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    for name in LAYERS:
        files.append(File.generated(config, f"reference/{name}.md", content=page(name)))
    return files


def page(name: str) -> str:
    """A package's page, as Markdown for mkdocstrings."""
    folder = PACKAGE / name
    summary = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    return "\n\n".join([f"# recsys.{name}", summary, *(f"::: {module}" for module in modules(folder))]) + "\n"


def modules(folder: Path) -> Iterator[str]:
    """The modules of a package, those of its own packages included."""
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(PACKAGE.parent).with_suffix("")
        yield ".".join(path.parts[:-1] if path.name == "__init__" else path.parts)
