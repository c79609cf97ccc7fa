"""What others have published on the same log."""

from __future__ import annotations

PUBLISHED = {
    "GRU4Rec, best of two trainings": (0.2666, 0.5183),
    "V-SkNN": (0.3511, 0.6601),
    "STAN": (0.3570, 0.6681),
    "VSTAN": (0.3586, 0.6668),
    "GRU (CLM), ids only": (0.3549, 0.6632),
    "ELECTRA, ids only": (0.3588, 0.6600),
    "XLNet (MLM), ids only": (0.3607, 0.6605),
    "XLNet (RTD), ids only": (0.3609, 0.6611),
    "XLNet (MLM) with side features": (0.3675, 0.6721),
}
"""``hourly``, NDCG@20 and HR@20: Transformers4Rec, RecSys 2021; all 384 hours of the log, of which 336 are here, for
GRU4Rec the first half of them.
"""

BEST_PUBLISHED = max(ndcg for ndcg, _ in PUBLISHED.values())
"""The best NDCG@20 of them."""

PUBLISHED_LAST_CLICK = {
    "item-to-item CF": (0.3363, 0.1979),
    "with LightGBM": (0.4394, 0.2655),
}
"""``last-click``, Hit@5 and MRR@5: the best published offline."""
