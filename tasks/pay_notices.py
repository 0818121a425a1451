"""What the mails about rates and pay say."""

from rules.policy import Policy
from rules.rates_watch import Lacking
from tasks.language import long_date
from tasks.notices import Notice, Site


def rates_missing(lack: Lacking, pack: Policy, site: Site) -> Notice:
    context = {
        "rate": f"{lack.country} {lack.rate}",
        "bands": ", ".join(band for band in lack.bands if band),
        "since": long_date(lack.since, pack.language) if lack.since else None,
        "link": site.page("rates", lack.country),
    }
    return Notice("rates_missing", context)


def unpaid(about: str, *, differences: int, uncomputed: int, first: str, last: str, site: Site) -> Notice:
    """`about` is the municipality's quarter, such as RA-2023-Q2; `first` and `last` are months."""
    context = {
        "count": differences,
        "uncomputed": uncomputed,
        "first": first,
        "last": last,
        "link": site.page("unpaid", about),
    }
    return Notice("unpaid", context)
