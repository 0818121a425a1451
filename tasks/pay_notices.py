"""What the mails about rates and pay say."""

from collections.abc import Sequence

from rules.months import month
from rules.policy import Policy
from rules.rates_watch import Lacking
from tasks.language import long_date, month_name, translator
from tasks.notices import Notice, Site
from tasks.pay_words import BANDS, PER, RATES
from tasks.rule_words import rule_in_words


def rates_missing(lack: Lacking, pack: Policy, site: Site) -> Notice:
    texts, in_file = translator(pack.language), f"{lack.country} {lack.rate}"
    kind, _, unit = lack.rate.rpartition("_")
    bands = [band for band in lack.bands if band]
    context = {
        "rate": f"{texts.gettext(RATES[kind])} {texts.gettext(PER[unit])}",
        "bands": ", ".join(texts.gettext(BANDS[band]) for band in bands),
        "in_file": f"{in_file}: {', '.join(bands)}" if bands else in_file,
        "rule": rule_in_words("X3", pack),
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
        "rule": rule_in_words("X4", pack),
        "link": site.page("unpaid", about),
    }
    return Notice("unpaid", context)
