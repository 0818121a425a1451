"""What the mails about rates and pay say."""

from collections.abc import Sequence

from rules.months import month
from rules.policy import Policy
from rules.rates_watch import Lacking
from tasks.language import long_date, month_name
from tasks.notices import Notice, Site


def rates_missing(lack: Lacking, pack: Policy, site: Site) -> Notice:
    context = {
        "rate": f"{lack.country} {lack.rate}",
        "bands": ", ".join(band for band in lack.bands if band),
        "since": long_date(lack.since, pack.language) if lack.since else None,
        "link": site.page("rates", lack.country),
    }
    return Notice("rates_missing", context)


def unpaid(about: str, *, differences: int, uncomputed: int, months: Sequence[str], pack: Policy, site: Site) -> Notice:
    """`about` is the municipality's quarter, such as RA-2023-Q2."""
    context = {
        "count": differences,
        "uncomputed": uncomputed,
        "first": month_name(month(months[0]).first, pack.language),
        "last": month_name(month(months[-1]).first, pack.language),
        "link": site.page("unpaid", about),
    }
    return Notice("unpaid", context)
