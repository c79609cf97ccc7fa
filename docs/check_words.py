"""Finds retired terms of ``docs/glossary.md`` in what people read: docs, pages, messages, docstrings.

python docs/check_words.py

Ends with status 1 where there is one. In Python, every string of several words counts, and no name and no comment; in
Markdown, everything but ``code``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
PROGRAM = ("recsys", "pages", "benchmarks", "streamlit_app.py")
DOCS = ("README.md", "CONTRIBUTING.md", "docs")
CODE = re.compile(r"``.*?``|`[^`]*`|^```.*?^```", re.DOTALL | re.MULTILINE)


def retired(glossary: str) -> dict[str, str]:
    """What to say instead of each retired term."""
    _, _, table = glossary.partition("## Retired terms")
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", table, re.MULTILINE)
    return {term.lower(): instead for term, instead in rows if term != "retired"}


def sentences(file: Path) -> Iterator[tuple[int, str]]:
    """What people read in a file, piece by piece, each with the number of its first line."""
    text = file.read_text("utf-8")
    if file.suffix != ".py":
        yield 1, text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def findings(terms: dict[str, str], file: Path) -> Iterator[str]:
    """A line for each place of a file where a retired term is in use."""
    either = "|".join(r"\s+".join(map(re.escape, term.split())) for term in terms)
    for first_line, text in sentences(file):
        prose = CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
        for found in re.finditer(rf"\b({either})\b", prose, re.IGNORECASE):
            line = first_line + prose.count("\n", 0, found.start())
            term = " ".join(found[0].lower().split())
            yield f"{file.relative_to(ROOT)}:{line}: {term!r} is retired: say {terms[term]!r}."


def read_by_people() -> Iterator[Path]:
    """The files that are looked through."""
    for name, suffix in (*((name, "py") for name in PROGRAM), *((name, "md") for name in DOCS)):
        path = ROOT / name
        yield from [path] if path.is_file() else sorted(path.rglob(f"*.{suffix}"))


def main() -> int:
    """Print what is found."""
    terms = retired(GLOSSARY.read_text("utf-8"))
    found = [line for file in read_by_people() if file != GLOSSARY for line in findings(terms, file)]
    print("\n".join(found) or "No retired term is in use.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
