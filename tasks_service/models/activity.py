"""What happened, and how often."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Enum, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import PRIORITIES, STATUSES, Model

FACETS = (
    *("status", "priority", "due", "created", "assigned"),  # of now
    *("made", "done", "flow", "lead", "cycle"),  # by day
    *("open", "late", "estimate"),  # by assignee
)


class Event(schema.EventColumns, Model):
    """With the task and the project that it is about, for the activity: written by whoever writes the event, since
    looking for them in `data` costs a new task a tenth of its statement."""

    task_id: Mapped[int | None]
    project_id: Mapped[int | None]


Index("ix_events_task_id_id", Event.task_id, Event.id)
Index("ix_events_project_id_id", Event.project_id, Event.id, postgresql_where=text("project_id IS NOT NULL"))


class ActivityWeek(Model):
    """How often something happened in a project in a week (its Monday): counted when the events are purged."""

    __tablename__ = "activity_weeks"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    type: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]


class StatusChange(Model):
    """When a task changed its status, written by a trigger. What it began with is the first `from_status`. Another
    trigger takes the changes away with their task: a foreign key would look for it, and lock it, at each change."""

    __tablename__ = "task_status_changes"

    id: Mapped[int] = schema.own_id()
    task_id: Mapped[int]
    from_status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    to_status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_task_status_changes_task_id_id", "task_id", "id"),)


class TaskCount(Model):
    """How many tasks (out of the trash) there are with a value of a facet, in one of these parts of all tasks:

    - a person's in a project: created by or assigned to `person_id`; 0 as project is outside of projects;
    - a project's: `person_id` 0;
    - all there are: 0 and 0.

    So what somebody sees is their own outside of their projects, and all of these. The facets are `status`,
    `priority`, `created` and `assigned` (ids of people), and `due` (days of open tasks).

    By day (UTC): `made` and `done` (completed); `flow`, day and status, how many more had the status at the day's end
    than at its beginning; `lead` and `cycle`, the day of completion and the seconds since it was made and since work on
    it began, those by their seven highest bits. By assignee, of open tasks: `open`; `late`, due day and id;
    `estimate`, minutes.

    Folded from `TaskCountChange`; both together are exact.
    """

    __tablename__ = "task_counts"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(Enum(*FACETS, name="count_facet"), primary_key=True)
    value: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    n: Mapped[int]

    __table_args__ = ({"postgresql_with": {"fillfactor": "50"}},)


class TaskCountChange(Model):
    """`n` tasks more (or fewer) of one kind: written by triggers, in the transaction of whatever writes tasks.

    `came` and `went` say on which days tasks came to have a status, and on which they no longer had it ("2026-11-21
    todo"); without them they have had theirs since they were made.
    """

    __tablename__ = "task_count_changes"

    id: Mapped[int] = schema.own_id()
    project_id: Mapped[int | None]
    created_by: Mapped[int]
    assignee_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    priority: Mapped[str] = mapped_column(Enum(*PRIORITIES, name="task_priority"))
    due_date: Mapped[date | None] = mapped_column(Date)
    n: Mapped[int] = mapped_column(Integer)
    estimate_minutes: Mapped[int | None] = mapped_column(Integer)
    made_on: Mapped[date] = mapped_column(Date)
    completed_on: Mapped[date | None] = mapped_column(Date)
    lead: Mapped[int | None]
    cycle: Mapped[int | None]
    came: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    went: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
