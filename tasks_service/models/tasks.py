"""Tasks, and what offline clients are told of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Date, Enum, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import LIVE, PRIORITIES, STATUSES, THIS_TRANSACTION, Model

DUE_FIRST, DUE_LAST = text("coalesce(due_date, 'infinity'::date)"), text("coalesce(due_date, '-infinity'::date)")
# What the row-level rule looks at and a list shows, and the commonest filters besides.
SEEN_BY = ["created_by", "assignee_ids", "project_id", "version", "subtasks_total", "subtasks_completed"]
LOOKED_AT = [*SEEN_BY, "status", "priority", "due_date"]


class Task(Model):
    """`version` rises by one with each change, under the row's lock, which is what orders a task's events.

    A trigger keeps what follows from the project, whatever statement writes the row: `key` is the project's key and
    the next number, given anew when the task moves to another project, and `status_id` is a status of that project
    whose category is `status`, locked until the commit. A row that comes with a new key keeps it: who writes many
    draws their numbers at once (`projects.queries.TAKE_NUMBERS`). A row that would go into a project that is not there
    (any more) is not written.

    `changed_in` is the transaction that wrote the row last, kept by a trigger whatever statement that was; `client_id`
    is the id that an offline client gave to a task it made.

    Triggers of the migrations keep `subtasks_*`, the direct children that are not in the trash: right at once and
    whatever writes tasks, and the parent's version stays. What is there has no parent in the trash: at the commit
    another one refuses a row that would have (`serialization_failure`), so whoever wrote it looks again.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = schema.own_id()
    key: Mapped[str | None]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    parent_id: Mapped[int | None]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(Text, server_default="")
    status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    priority: Mapped[str] = mapped_column(Enum(*PRIORITIES, name="task_priority"))
    due_date: Mapped[date | None] = mapped_column(Date)
    assignee_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    created_by: Mapped[int]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    estimate_minutes: Mapped[int | None] = mapped_column(Integer)
    status_id: Mapped[int | None] = mapped_column(ForeignKey("project_statuses.id"))
    custom_fields: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    position: Mapped[str] = mapped_column(Text(collation="C"))
    blocked_by: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    recurrence: Mapped[str | None]
    recurrence_of: Mapped[int | None]  # the task whose completion made this one
    subtasks_total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    subtasks_completed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]
    trashed_with: Mapped[int | None]  # the task that took this one to the trash, and brings it back
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    changed_in: Mapped[int] = mapped_column(server_default=THIS_TRANSACTION)
    client_id: Mapped[UUID | None]
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed("words_of_task(title, description)", persisted=True))

    __table_args__ = (
        # The orders of most lists hold what the row-level rule and the commonest filters look at, so that a walk along
        # them reads no rows. Tasks without a due date come last in both directions, hence two indexes.
        Index("ix_tasks_created_at_id", "created_at", "id", postgresql_include=LOOKED_AT, postgresql_where=LIVE),
        Index("ix_tasks_due_first", DUE_FIRST, "id", postgresql_include=LOOKED_AT, postgresql_where=LIVE),
        Index("ix_tasks_due_last", DUE_LAST, "id", postgresql_include=LOOKED_AT, postgresql_where=LIVE),
        Index("ix_tasks_updated_at_id", "updated_at", "id", postgresql_where=LIVE),
        Index("ix_tasks_priority_id", "priority", "id", postgresql_where=LIVE),
        Index("ix_tasks_position_id", "position", "id", postgresql_where=LIVE),
        # Both of the commonest filters in the order of a list.
        Index(
            "ix_tasks_status_priority_created_at_id",
            "status",
            "priority",
            "created_at",
            "id",
            postgresql_include=[*SEEN_BY, "due_date"],
            postgresql_where=LIVE,
        ),
        # What somebody made, and a project's tasks, in the order of a list.
        Index("ix_tasks_created_by_created_at_id", "created_by", "created_at", "id", postgresql_where=LIVE),
        Index(
            "ix_tasks_project_id_created_at_id",
            "project_id",
            "created_at",
            "id",
            postgresql_where=text("project_id IS NOT NULL"),
        ),
        Index("ix_tasks_assignee_ids", "assignee_ids", postgresql_using="gin", postgresql_where=LIVE),
        Index("ix_tasks_labels", "labels", postgresql_using="gin", postgresql_where=text("labels <> '{}'")),
        Index(
            "ix_tasks_custom_fields",
            "custom_fields",
            postgresql_using="gin",
            postgresql_ops={"custom_fields": "jsonb_path_ops"},
            postgresql_where=text("custom_fields <> '{}'"),
        ),
        Index("ix_tasks_status_id", "status_id", postgresql_where=text("status_id IS NOT NULL")),
        Index("uq_tasks_key", "key", unique=True, postgresql_where=text("key IS NOT NULL")),
        Index("ix_tasks_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index("ix_tasks_blocked_by", "blocked_by", postgresql_using="gin", postgresql_where=text("blocked_by <> '{}'")),
        # A task that recurs is followed by one and no more, however often it is completed.
        Index(
            "uq_tasks_recurrence_of",
            "recurrence_of",
            unique=True,
            postgresql_where=text("recurrence_of IS NOT NULL"),
        ),
        Index("ix_tasks_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        Index("ix_tasks_search", "search", postgresql_using="gin"),
        Index("ix_tasks_changed_in", "changed_in"),
        Index(
            "uq_tasks_client_id", "created_by", "client_id", unique=True, postgresql_where=text("client_id IS NOT NULL")
        ),
    )


class Departure(Model):
    """Who may have lost sight of what, for offline clients; written by triggers. With `task_id` and `user_id` somebody
    is not assigned any more, with `task_id` and `project_id` a task left its project, with `user_id` and `project_id`
    somebody left a project; a task that is purged departs from everybody."""

    __tablename__ = "departures"

    id: Mapped[int] = schema.own_id()
    task_id: Mapped[int | None]
    user_id: Mapped[int | None]
    project_id: Mapped[int | None]
    changed_in: Mapped[int] = mapped_column(server_default=THIS_TRANSACTION)
    departed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index(
            "ix_departures_user_id_changed_in", "user_id", "changed_in", postgresql_where=text("user_id IS NOT NULL")
        ),
        Index(
            "ix_departures_project_id_changed_in",
            "project_id",
            "changed_in",
            postgresql_where=text("project_id IS NOT NULL"),
        ),
        Index("ix_departures_changed_in", "changed_in"),
    )
