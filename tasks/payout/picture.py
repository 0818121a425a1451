"""The last twelve months as a bar chart; matplotlib takes a second to import."""

import base64
from io import BytesIO

from babel.numbers import format_decimal
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from tasks.payout.overview import Overview


def bar_chart(seen: Overview) -> str:
    """As a data URI: Prefect's dashboard shows it in a text, and needs no file that somebody would have to serve."""
    figure = Figure(figsize=(9, 4.5), dpi=90, layout="constrained")
    axes = figure.subplots()
    above, below = [0.0] * len(seen.months), [0.0] * len(seen.months)
    for number, (component, amounts) in enumerate(seen.paid.items()):
        bottoms = [up if amount >= 0 else down for amount, up, down in zip(amounts, above, below, strict=True)]
        axes.bar(seen.months, amounts, bottom=bottoms, label=component, color=colormaps["tab20"](number))
        above = [up + max(amount, 0) for up, amount in zip(above, amounts, strict=True)]
        below = [down + min(amount, 0) for down, amount in zip(below, amounts, strict=True)]
    axes.set_title(f"{seen.run}: kr.")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda kroner, _: format_decimal(kroner, locale=seen.locale)))
    axes.tick_params(axis="x", labelrotation=45)
    if seen.paid:
        figure.legend(loc="outside right upper", frameon=False)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
