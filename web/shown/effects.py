"""What a change would do to a month's pay."""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from tasks.previews.pay_effect import PayEffect


class ComponentRow(TypedDict):
    component: str
    now_ore: int | None
    then_ore: int | None
    difference_ore: int | None


class FamilyRow(TypedDict):
    family: str
    now_ore: int
    then_ore: int


class EffectShown(TypedDict):
    families: int
    affected: int
    components: list[ComponentRow]
    needs_review: list[FamilyRow]


def effect_shown(effect: "PayEffect") -> EffectShown:
    return {
        "families": effect.families,
        "affected": effect.affected,
        "components": [
            {
                "component": each.component,
                "now_ore": each.now_ore,
                "then_ore": each.then_ore,
                "difference_ore": each.difference_ore,
            }
            for each in effect.components
        ],
        "needs_review": [
            {"family": each.family, "now_ore": each.now_ore, "then_ore": each.then_ore} for each in effect.much
        ],
    }
