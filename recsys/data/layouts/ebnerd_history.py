"""EB-NeRD's file of histories, alone."""

from recsys.data.layouts.ebnerd import unfold

__all__ = ["unfold"]
