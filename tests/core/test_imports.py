"""What is loaded, and what is not."""

import importlib
import subprocess
import sys

import pytest

from recsys.core.imports import without

UNUSED = ("sklearn", "charset_normalizer", "torch", "implicit", "matplotlib", "pyspark")
"""Installed here, and of no use to the app: tens of megabytes."""


def test_within_without_a_module_counts_as_not_installed_and_then_it_is_as_before() -> None:
    before = sys.modules["json"]
    sys.modules.pop("this", None)
    with without("json", "this"):
        with pytest.raises(ImportError):
            importlib.import_module("json")
        with pytest.raises(ImportError):
            importlib.import_module("this")
    assert sys.modules["json"] is before
    assert "this" not in sys.modules


def test_the_app_loads_nothing_that_it_does_not_use() -> None:
    code = f"import sys, recsys.api.app, recsys.artifacts.store; print([m for m in {UNUSED} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
