"""How long to wait before something that failed is tried again."""

LONGEST = 3600.0
STEADY = 12
"""From this attempt on the wait is the longest one."""


def seconds_to_wait(attempts: int, luck: float) -> float:
    """2, 4, 8 … up to an hour, shortened by up to a quarter; `luck`, from 0 to 1, keeps many from coming at once."""
    return min(2.0 ** min(attempts, STEADY), LONGEST) * (1 - luck / 4)
