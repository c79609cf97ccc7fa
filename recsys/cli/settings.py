"""``recsys settings``."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import click
import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.items import Table

from recsys.artifacts.artifact_set import ArtifactSet
from recsys.cli.options import FOLDER
from recsys.core.settings import describe
from recsys.errors import ArtifactError
from recsys.training.settings import TrainingSettings


@click.command("settings")
@click.argument("artifacts", required=False, type=FOLDER)
def command(artifacts: Path | None) -> None:
    """Print every setting as TOML: those of a set, or the defaults.

    A file with any part of what this prints is what `recsys train --settings FILE` takes.
    """
    click.echo(as_toml(TrainingSettings() if artifacts is None else _of_set(artifacts)), nl=False)


def as_toml(settings: BaseModel) -> str:
    """Settings as TOML, with what each means as a comment."""
    document = tomlkit.document()
    _fill(document, settings)
    return tomlkit.dumps(document)


def _of_set(artifacts: Path) -> TrainingSettings:
    manifest = ArtifactSet.open(artifacts).manifest
    try:
        return TrainingSettings.model_validate(manifest.settings)
    except ValidationError as error:
        raise ArtifactError(f"{artifacts} has settings that this program does not know: {describe(error)}") from None


def _fill(table: tomlkit.TOMLDocument | Table, settings: BaseModel | dict[str, BaseModel]) -> None:
    """Plain values first, then the parts: TOML can't go back from a part to its whole."""
    meanings = {} if isinstance(settings, dict) else _meanings(type(settings))
    values = dict(settings)
    parts = {name: value for name, value in values.items() if isinstance(value, BaseModel | dict)}
    for name, value in values.items():
        if name in parts:
            continue
        for line in textwrap.wrap(meanings.get(name, ""), 110):
            table.add(tomlkit.comment(line))
        if value is None:
            table.add(tomlkit.comment(f"{name} = (chosen by the program)"))
        else:
            table.add(name, _plain(value))
    for name, value in parts.items():
        inner = tomlkit.table(is_super_table=isinstance(value, dict))
        _fill(inner, value)
        table.add(name, inner)


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _meanings(kind: type[BaseModel]) -> dict[str, str]:
    """What each field means: the string below it in the source of its class, as for any attribute here."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if not issubclass(base, BaseModel) or base.__module__.startswith("pydantic"):
            continue
        [definition] = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(definition, ast.ClassDef)
        field = ""
        for statement in definition.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                field = statement.target.id
            elif field and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found[field] = " ".join(str(statement.value.value).split())
                field = ""
            else:
                field = ""
    return found
