"""J3."""

from tasks.rehearsal.answers.base import Usual

USUAL: Usual = {
    "CourseRequest": lambda task, today: {"course": min(task.demands["courses"]), "persons": 2},
    "CancelEnrolment": lambda task, today: {"cancelled_on": f"{today}"},
    "CourseAttendance": lambda task, today: {"attended_on": [task.demands["first_day"]]},
}
