"""R1, R2: what people answer on the way to an approved respite family."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from rules.forms.base import Form, Held, Near, Past, Text
from rules.needs import PolicyNeeds, deadlines, under
from rules.policy_kinds import AUTHORITIES, QUALITY_MODEL, WEEKS, WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="respite-approval",
    row="R1",
    version=1,
    policy="respite_approval",
    family_kinds=frozenset({FamilyKind.RESPITE, FamilyKind.RESOURCE_RESPITE}),
    needs_child=False,
    responsible=Role.FAMILY_CARE_CONSULTANT,
    approves=True,
)

STEPS = ("basic_course_completed", "approval_application", "quality_assessment", "chase_authority")

KEYS: dict[str, Kind] = {
    "respite_approval.authorities": AUTHORITIES,
    "respite_approval.case_weeks": WEEKS,
    "respite_approval.fast_track_weeks": WEEKS,
    "respite_approval.quality_model": QUALITY_MODEL,
    **{f"respite_approval.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *under("respite_approval", "authorities", "case_weeks", "fast_track_weeks", "quality_model"),
        *deadlines("respite_approval", *STEPS),
    )
)


Children = Annotated[int, Field(ge=1, le=20)]
Age = Annotated[int, Field(ge=0, le=25)]
Needs = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
APPROVED = ("assessed_on", "approved_from", "children", "age_from", "age_to")


class BasicCourseCompleted(Form):
    title = "Complete the basic course"
    what = "Take part in the basic course for respite families, and record the day on which you completed it."
    why = "The basic course is required by law: nobody is approved as a respite family without it."
    row = "R1"

    completed_on: Past


class ApprovalApplication(Form):
    title = "Apply for approval"
    what = (
        "Send the application for approval to the supervision authority of the region where you live, "
        "and record the day on which you sent it and whether it is a fast-track case."
    )
    why = "The supervision authority of the region where the family lives approves respite families."
    row = "R1"

    sent_on: Held
    fast_track: bool = False

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        course: str | None = demands["course_completed_on"]
        if course is None or self.sent_on.isoformat() >= course:
            return []
        return [
            f"sent_on: {demands['authority']} begins only when the basic course is completed, which was on {course}"
        ]


class AuthorityDecision(Form):
    title = "Record the supervision authority's decision"
    what = (
        "When the decision arrives, record it: the day, and for an approval the number of children, the ages "
        "and the support needs it covers, from when it holds and when the family was assessed."
    )
    why = "The approval says for how many children, of which ages and with which needs the family may be used."
    row = "R1"

    approved: bool
    decided_on: Held
    reason: Text | None = None
    assessed_on: Held | None = None
    approved_from: Near | None = None
    children: Children | None = None
    age_from: Age | None = None
    age_to: Age | None = None
    needs: Needs | None = None

    @model_validator(mode="after")
    def says_what_was_decided(self) -> Self:
        given = [field for field in (*APPROVED, "needs") if getattr(self, field) is not None]
        if not self.approved:
            if given or self.reason is None:
                raise ValueError(
                    f"a refusal says its reason, and nothing of an approval ({', '.join(APPROVED)}, needs)"
                )
            return self
        if missing := [field for field in APPROVED if field not in given]:
            raise ValueError(f"an approval also says {', '.join(missing)}")
        if (self.age_from or 0) > (self.age_to or 0):
            raise ValueError("age_from, age_to: the youngest age is above the oldest; check them")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if self.decided_on.isoformat() < demands["sent_on"]:
            lines.append(
                f"decided_on: the application was sent on {demands['sent_on']}; a decision can't come before it"
            )
        if self.assessed_on is not None and self.assessed_on > self.decided_on:
            lines.append("assessed_on: the assessment can't come after the decision that rests on it")
        if self.approved_from is not None and self.approved_from < self.decided_on:
            lines.append("approved_from: an approval can't hold from a day before it was decided")
        return lines


class QualityAssessment(Form):
    title = "Record the quality assessment"
    what = (
        "Record what the supervision authority's assessment says on each theme of the quality model "
        "that was in force when the family was assessed."
    )
    why = "The supervision authority assesses a family by the themes of the quality model in force on that day."
    row = "R2"

    themes: dict[str, Text]
    apart: dict[str, Text] = Field(default_factory=dict)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        """Of what was written only its number is said: a theme's name may be anything there."""
        lines = []
        for field, given in (("themes", self.themes), ("apart", self.apart)):
            wanted = demands[field]
            lines += [
                f"{field}: {theme} isn't assessed; say what the assessment says"
                for theme in wanted
                if theme not in given
            ]
            if more := given.keys() - set(wanted):
                says = ", ".join(wanted) or "nothing"
                lines.append(
                    f"{field}: {len(more)} of them weren't in force on {demands['assessed_on']}; there is {says}"
                )
        return lines


class ChaseAuthority(Form):
    title = "Chase the decision"
    what = "The case time is exceeded. Ask the supervision authority when the decision comes, and record what it says."
    why = "A supervision authority decides within its case time; when it is exceeded, it is asked once."
    row = "R1"

    asked_on: Held
    expected_on: Near | None = None
    said: Text | None = None


class WithdrawApprovalApplication(Form):
    title = "Withdraw from the approval"
    what = "Only if you no longer want to be approved: say so here. You may do it at any time until the decision."
    why = "A family that no longer wants to be approved may withdraw at any time."
    row = "R1"

    withdrawn_on: Held
