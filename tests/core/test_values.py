from dataclasses import dataclass, replace
from functools import cached_property

import pytest

from recsys.core.values import changed


@dataclass(frozen=True)
class Box:
    width: int
    height: int = 2

    @cached_property
    def area(self) -> int:
        return self.width * self.height


def test_a_changed_value_is_what_replace_makes_of_it() -> None:
    box = Box(3)
    assert box.area == 6
    assert changed(box, width=5) == replace(box, width=5) == Box(5, 2)
    assert changed(box, height=4).area == 12, "what was worked out is not carried over"
    assert box == Box(3, 2)
    with pytest.raises(TypeError):
        changed(box, depth=1)
