"""How often a client may ask for a moment that has to be made first."""

from __future__ import annotations

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


class MomentBudget:
    """Counts the new moments of each client."""

    def __init__(self, rate: RateLimitItem) -> None:
        self._rate = rate
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def allows(self, client: str) -> bool:
        """Count one more; whether it is within the budget."""
        return await self._limiter.hit(self._rate, client)
