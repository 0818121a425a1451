from data.tables import RateRow

SHOWN = {"country", "rate", "band", "valid_from", "valid_to", "amount", "unit", "status", "source"}


def rate_row(rate: RateRow) -> dict[str, object]:
    return rate.model_dump(mode="json", include=SHOWN)
