"""A set of artifacts as JSON: what its manifest says, without the path."""

from __future__ import annotations

from pydantic import BaseModel

from recsys.artifacts.manifest import Manifest


class SetFacts(BaseModel):
    """A set: the log it was trained on, when, how good it was in the replay hours, and its size."""

    name: str
    title: str
    set: str
    trained_at: str
    until: str
    counts: dict[str, int]
    metrics: dict[str, dict[str, float]]
    features: list[str]
    versions: dict[str, str]
    megabytes: float

    @classmethod
    def of(cls, manifest: Manifest) -> SetFacts:
        """The facts of a manifest."""
        facts = manifest.model_dump(include=set(cls.model_fields) - {"set", "megabytes"})
        size = sum(entry.bytes for entry in manifest.files.values())
        return cls(**facts, set=manifest.home, megabytes=round(size / 1e6, 1))
