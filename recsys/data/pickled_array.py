"""The array in a pickle as NumPy writes one, without unpickling: nothing that the file names is ever called.

A pickle is a program for a stack machine, and an unpickler runs it. Here its instructions are only read. What they
would build is compared with the one thing that is looked for, a two-dimensional array of floats as ``pickle.dump``
writes it by protocol 3 or 4; everything else is refused.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Iterator
from typing import Any

import numpy as np

from recsys.core.types import Floats
from recsys.errors import DataError

MOST_INSTRUCTIONS = 200
"""An array takes some 60."""
LONGEST_NAME = 100
_MARK = object()
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_PUSHED = {
    "BININT", "BININT1", "BININT2", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BINUNICODE", "SHORT_BINUNICODE",
}  # fmt: skip
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_KEPT = {"BINPUT", "LONG_BINPUT"}
_FETCHED = {"BINGET", "LONG_BINGET"}
_RECONSTRUCT = ("numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct")
_UNSHAPED = (("name", "numpy ndarray"), (0,), b"b")
_LITTLE_ENDIAN = (3, "<", None, None, None, -1, -1, 0)


def read_pickled_array(content: bytes) -> Floats:
    """The array, shape (rows, columns).

    Raises:
        DataError: the pickle is damaged, or holds anything else.
    """
    try:
        found = _described(content)
        shape, number, raw = _parts(found)
        return np.frombuffer(raw, f"<{number}").reshape(shape)
    except DataError:
        raise
    except Exception as error:  # a damaged pickle can end an instruction anywhere
        raise DataError(f"is a damaged pickle ({error})") from None


def _described(content: bytes) -> Any:
    """What the instructions describe: calls as ("call", function, arguments), states as ("state", object, state)."""
    stack: list[Any] = []
    memo: list[Any] = []
    instructions: Iterator[tuple[Any, Any, Any]] = pickletools.genops(io.BytesIO(content))
    for number, (instruction, value, at) in enumerate(instructions):
        name = instruction.name
        if number == MOST_INSTRUCTIONS:
            raise DataError("holds more than an array")
        if name == "STOP":
            (found,) = stack
            if at + 1 != len(content):
                raise DataError("goes on after its end")
            return found
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in _PUSHED:
            stack.append(value)
        elif name == "GLOBAL":
            stack.append(("name", value))
        elif name == "STACK_GLOBAL":
            module, attribute = stack[-2:]
            stack[-2:] = [("name", f"{_text(module)} {_text(attribute)}")]
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "TUPLE":
            first = len(stack) - 1 - stack[::-1].index(_MARK)
            stack[first:] = [tuple(stack[first + 1 :])]
        elif name in _TUPLES:
            first = len(stack) - _TUPLES[name]
            stack[first:] = [tuple(stack[first:])]
        elif name in {"REDUCE", "BUILD"}:
            before, what = stack[-2:]
            stack[-2:] = [("call" if name == "REDUCE" else "state", before, what)]
        elif name == "MEMOIZE" or (name in _KEPT and value == len(memo)):
            memo.append(stack[-1])
        elif name in _FETCHED:
            stack.append(memo[value])
        elif name not in {"PROTO", "FRAME"}:
            raise DataError(f"holds the instruction {name}, which no array of floats needs")
    raise DataError("has no end")


def _parts(found: Any) -> tuple[tuple[int, int], str, bytes]:
    """Shape, kind of number and bytes of an array as it is described."""
    kind, made, state = found if isinstance(found, tuple) and len(found) == 3 else (None, None, None)
    if kind != "state" or not (isinstance(state, tuple) and len(state) == 5):
        raise DataError("does not hold one two-dimensional array of floats")
    reconstruct = [("call", ("name", one), _UNSHAPED) for one in _RECONSTRUCT]
    version, shape, number, by_columns, raw = state
    numbers = [
        (bits, ("state", ("call", ("name", "numpy dtype"), (bits, *flags)), _LITTLE_ENDIAN))
        for bits in ("f4", "f8")
        for flags in ((0, 1), (False, True))
    ]
    bits = next((bits for bits, described in numbers if described == number), None)
    if made not in reconstruct or version != 1 or bits is None or by_columns is not False:
        raise DataError("does not hold one two-dimensional array of floats")
    if not (isinstance(shape, tuple) and len(shape) == 2 and all(type(one) is int and one >= 0 for one in shape)):
        raise DataError("does not hold one two-dimensional array of floats")
    if not isinstance(raw, bytes) or len(raw) != shape[0] * shape[1] * int(bits[1]):
        raise DataError("does not hold as many numbers as it says")
    return shape, bits, raw


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise DataError("names what is no name")
    return value
