"""The whole database of the tasks service on one page. Only migrations and tests import it: at runtime the SQL of each
feature stands in its `queries.py`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema

STATUSES = ("todo", "in_progress", "completed", "archived")
PRIORITIES = ("low", "medium", "high", "urgent")  # in this order: PostgreSQL sorts an enum as it was declared
ROLES = ("owner", "maintainer", "member", "viewer")
FACETS = ("status", "priority", "due", "created", "assigned")
FIELD_TYPES = ("text", "number", "date", "choice", "user")

LIVE = text("deleted_at IS NULL")
# Words are parted as the search parts them: at everything that PostgreSQL would keep inside addresses and numbers.
_WORDS = "to_tsvector('simple', translate({column}, '@./-_:#+&=%?~', '             '))"
SEARCH = f"setweight({_WORDS.format(column='title')}, 'A') || setweight({_WORDS.format(column='description')}, 'B')"
TASK_OF_EVENT = "(data #>> '{task,id}')::bigint"
PROJECT_OF_EVENT = "coalesce(data #>> '{task,project_id}', data #>> '{project,id}')::bigint"


# The transaction that writes the row, by its 64-bit id.
THIS_TRANSACTION = text("(pg_current_xact_id())::text::bigint")


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()


def own_id() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(always=True), primary_key=True)


class Project(Model):
    """`last_number` is that of the newest key: a key is never given twice, so it only rises. `tasks_follow` says that
    tasks are still to follow the project into the trash, or out of it: those that were thrown away at this moment."""

    __tablename__ = "projects"

    id: Mapped[int] = own_id()
    key: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(Text, server_default="")
    archived: Mapped[bool] = mapped_column(server_default=false())
    is_template: Mapped[bool] = mapped_column(server_default=false())
    last_number: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_by: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]
    tasks_follow: Mapped[datetime | None]
    tasks_moved_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (
        Index("uq_projects_key", "key", unique=True),
        Index("ix_projects_tasks_follow", "id", postgresql_where=text("tasks_follow IS NOT NULL")),
    )


class ProjectMember(Model):
    """`joined_in` is the transaction from which on the tasks of the project are the member's as well."""

    __tablename__ = "project_members"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(Enum(*ROLES, name="project_role"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    joined_in: Mapped[int] = mapped_column(server_default=THIS_TRANSACTION)

    __table_args__ = (
        Index("ix_project_members_user_id_project_id", "user_id", "project_id", postgresql_include=["role"]),
    )


class ProjectStatus(Model):
    """A project's own name for a part of one of the four fixed statuses, its `category`."""

    __tablename__ = "project_statuses"

    id: Mapped[int] = own_id()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[str]
    category: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    color: Mapped[str | None]
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (Index("uq_project_statuses_name", "project_id", text("lower(name)"), unique=True),)


class StatusTransition(Model):
    """Without any in a project, every change of status is allowed there; without `roles`, to everybody who may edit."""

    __tablename__ = "status_transitions"

    from_status_id: Mapped[int] = mapped_column(
        ForeignKey("project_statuses.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    to_status_id: Mapped[int] = mapped_column(
        ForeignKey("project_statuses.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    __table_args__ = (Index("ix_status_transitions_to_status_id", "to_status_id"),)


class ProjectField(Model):
    """The definition of a custom field; its values stand in `tasks.custom_fields` under `key`."""

    __tablename__ = "project_fields"

    id: Mapped[int] = own_id()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    key: Mapped[str]
    name: Mapped[str]
    type: Mapped[str] = mapped_column(Enum(*FIELD_TYPES, name="field_type"))
    required: Mapped[bool] = mapped_column(server_default=false())
    options: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (Index("uq_project_fields_key", "project_id", "key", unique=True),)


class Task(Model):
    """`version` rises by one with each change, under the row's lock, which is what orders a task's events.

    A trigger keeps what follows from the project, whatever statement writes the row: `key` is the project's key and
    the next number, given anew when the task moves to another project, and `status_id` is a status of that project
    whose category is `status`, locked until the commit. A new row that has a key already keeps it: who writes many
    draws their numbers at once (`projects.queries.TAKE_NUMBERS`). A row that would go into a project that is not there
    (any more) is not written.

    `changed_in` is the transaction that wrote the row last, kept by a trigger whatever statement that was; `client_id`
    is the id that an offline client gave to a task it made.

    Triggers of the migrations keep `subtasks_*`, the direct children that are not in the trash: right at once and
    whatever writes tasks, and the parent's version stays.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = own_id()
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
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(SEARCH, persisted=True))

    __table_args__ = (
        Index("ix_tasks_created_at_id", "created_at", "id", postgresql_where=LIVE),
        Index("ix_tasks_updated_at_id", "updated_at", "id", postgresql_where=LIVE),
        # Tasks without a due date come last in both directions, hence two indexes.
        Index("ix_tasks_due_first", text("coalesce(due_date, 'infinity'::date)"), "id", postgresql_where=LIVE),
        Index("ix_tasks_due_last", text("coalesce(due_date, '-infinity'::date)"), "id", postgresql_where=LIVE),
        Index("ix_tasks_priority_id", "priority", "id", postgresql_where=LIVE),
        Index("ix_tasks_position_id", "position", "id", postgresql_where=LIVE),
        # Both of the commonest filters in the order of a list, with what the row-level rule looks at.
        Index(
            "ix_tasks_status_priority_created_at_id",
            "status",
            "priority",
            "created_at",
            "id",
            postgresql_include=[
                *("created_by", "assignee_ids", "version", "project_id", "subtasks_total", "subtasks_completed"),
            ],
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


class TaskCount(Model):
    """How many tasks (out of the trash) there are with a value of a facet, in one of these parts of all tasks:

    - a person's in a project: created by or assigned to `person_id`; 0 as project is outside of projects;
    - a project's: `person_id` 0;
    - all there are: 0 and 0.

    So what somebody sees is their own outside of their projects, and all of these. The facets are `status`,
    `priority`, `created` and `assigned` (ids of people), and `due` (days of open tasks). Folded from
    `TaskCountChange`; both together are exact.
    """

    __tablename__ = "task_counts"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    project_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(Enum(*FACETS, name="count_facet"), primary_key=True)
    value: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    n: Mapped[int]

    __table_args__ = ({"postgresql_with": {"fillfactor": "50"}},)


class TaskCountChange(Model):
    """`n` tasks more (or fewer) of one kind: written by triggers, in the transaction of whatever writes tasks."""

    __tablename__ = "task_count_changes"

    id: Mapped[int] = own_id()
    project_id: Mapped[int | None]
    created_by: Mapped[int]
    assignee_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    priority: Mapped[str] = mapped_column(Enum(*PRIORITIES, name="task_priority"))
    due_date: Mapped[date | None] = mapped_column(Date)
    n: Mapped[int] = mapped_column(Integer)


class StatusChange(Model):
    """When a task changed its status, written by a trigger. What it began with is the first `from_status`."""

    __tablename__ = "task_status_changes"

    id: Mapped[int] = own_id()
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    from_status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    to_status: Mapped[str] = mapped_column(Enum(*STATUSES, name="task_status"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_task_status_changes_task_id_id", "task_id", "id"),
        Index("ix_task_status_changes_changed_at", "changed_at"),
    )


class Departure(Model):
    """Who may have lost sight of what, for offline clients; written by triggers. With `task_id` and `user_id` somebody
    is not assigned any more, with `task_id` and `project_id` a task left its project, with `user_id` and `project_id`
    somebody left a project; a task that is purged departs from everybody."""

    __tablename__ = "departures"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
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


class View(Model):
    """A name for filters and a sort; `query` holds the parameters of the list that were given."""

    __tablename__ = "views"

    id: Mapped[int] = own_id()
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    filter: Mapped[str | None]
    sort: Mapped[str | None]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    shared: Mapped[bool]
    created_by: Mapped[int] = mapped_column(BigInteger, index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))


class Watcher(Model):
    """Who wants to be told of a task."""

    __tablename__ = "task_watchers"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_task_watchers_user_id", "user_id"),)


class TimeEntry(Model):
    """Time of one person on one task; it runs while there is no `ended_at`, one of a person at most."""

    __tablename__ = "time_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    user_id: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (
        Index("ix_time_entries_task_id_started_at_id", "task_id", "started_at", "id"),
        Index("ix_time_entries_user_id_started_at_id", "user_id", "started_at", "id"),
        Index("uq_time_entries_running", "user_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class Label(Model):
    """What tasks carry as words has a colour here. It belongs to a project, or to a person for their own tasks."""

    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    color: Mapped[str]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    owner_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))

    __table_args__ = (
        *(
            Index(
                f"uq_labels_{scope}_name",
                scope,
                text("lower(name)"),
                unique=True,
                postgresql_where=text(f"{scope} IS NOT NULL"),
            )
            for scope in ("project_id", "owner_id")
        ),
    )


class Comment(Model):
    """`mentioned` are all who were named in it so far; `updated_at` is when the words were last changed."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    author_id: Mapped[int]
    body: Mapped[str]
    reactions: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    mentioned: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(_WORDS.format(column="body"), persisted=True))

    __table_args__ = (
        Index("ix_comments_task_id_id", "task_id", "id"),
        Index("ix_comments_search", "search", postgresql_using="gin"),
    )


class FormerComment(Model):
    """What a comment said before it was changed."""

    __tablename__ = "former_comments"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[str]
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Blob(Model):
    """The content of files, each kept once under its key in the storage. Claimed anew by each file that has it."""

    __tablename__ = "blobs"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    size: Mapped[int]
    key: Mapped[str] = mapped_column(Text, unique=True)
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Attachment(Model):
    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id"))
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_by: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_attachments_task_id_id", "task_id", "id"),
        Index("ix_attachments_blob_id", "blob_id"),
        Index("ix_attachments_created_by", "created_by", postgresql_include=["size"]),
    )


class ReminderCheck(Model):
    """When the reminders loop looks at a task next. A trigger on `tasks` says at once for what changed."""

    __tablename__ = "reminder_checks"

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    check_at: Mapped[datetime] = mapped_column(index=True)


class Reminder(Model):
    """A reminder that somebody set for themselves: so long before the end of the due date, or at a time."""

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    user_id: Mapped[int]
    lead_minutes: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("num_nonnulls(lead_minutes, at) = 1", name="one_time"),
        Index("ix_reminders_task_id_user_id", "task_id", "user_id", "id"),
    )


class SentReminder(Model):
    """What was sent: once for each task, recipient, due date and kind (`due_soon`, `overdue`, `own:<id>`)."""

    __tablename__ = "reminders_sent"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True)
    recipient_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    due_date: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)


class Calendar(Model):
    """A feed of due tasks: one for each owner and target (0 for their own tasks). The secret itself is not kept."""

    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    owner_id: Mapped[int]
    scope: Mapped[str]
    target_id: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("owner_id", "scope", "target_id"),)


class Event(schema.EventColumns, Model):
    """With the task and the project that it is about, for the activity."""

    task_id: Mapped[int | None] = mapped_column(Computed(TASK_OF_EVENT, persisted=True))
    project_id: Mapped[int | None] = mapped_column(Computed(PROJECT_OF_EVENT, persisted=True))


class ActivityWeek(Model):
    """How often something happened in a project in a week (its Monday): counted when the events are purged."""

    __tablename__ = "activity_weeks"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[date] = mapped_column(Date, primary_key=True)
    type: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]


Index("ix_events_task_id_id", Event.task_id, Event.id)
Index("ix_events_project_id_id", Event.project_id, Event.id, postgresql_where=text("project_id IS NOT NULL"))


class Import(Model):
    """A file of tasks that is taken in. `attempt` counts the workers that had it; the last one has it still."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    owner_id: Mapped[int]
    format: Mapped[str]
    source: Mapped[str]
    filename: Mapped[str]
    atomic: Mapped[bool]
    project_id: Mapped[int | None]
    status: Mapped[str]
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    updated: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    error_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    ignored_columns: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_imports_owner_id_id", "owner_id", "id"),
        Index("ix_imports_open", "id", postgresql_where=text("status IN ('queued', 'running')")),
    )


class ImportPart(Model):
    """A megabyte of the file, until the import has ended."""

    __tablename__ = "import_parts"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RefusedRow(Model):
    """What was wrong with a row."""

    __tablename__ = "import_errors"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column(Integer)
    pointer: Mapped[str]
    message: Mapped[str]

    __table_args__ = (Index("ix_import_errors_import_id_id", "import_id", "id"),)


class ImportedTask(Model):
    """Which task was made of what elsewhere, so that it is made once."""

    __tablename__ = "imported_tasks"

    owner_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    external_id: Mapped[str] = mapped_column(Text, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))

    __table_args__ = (Index("ix_imported_tasks_task_id", "task_id"),)


class Report(Model):
    """A report that the worker makes. `attempt` counts the workers that had it; the last one has it still."""

    __tablename__ = "reports"

    id: Mapped[int] = own_id()
    owner_id: Mapped[int]
    as_admin: Mapped[bool]
    kind: Mapped[str]
    format: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    schedule_id: Mapped[int | None]
    status: Mapped[str]
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    size: Mapped[int | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_reports_owner_id_id", "owner_id", "id"),
        Index("ix_reports_open", "id", postgresql_where=text("status IN ('queued', 'running')")),
    )


class ReportPart(Model):
    """A megabyte of the file of a report that is done."""

    __tablename__ = "report_parts"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ReportSchedule(Model):
    """A report that is asked for again and again: next at `next_at`."""

    __tablename__ = "report_schedules"

    id: Mapped[int] = own_id()
    owner_id: Mapped[int] = mapped_column(BigInteger, index=True)
    as_admin: Mapped[bool]
    kind: Mapped[str]
    format: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    every: Mapped[str]
    next_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class IdempotencyKey(schema.IdempotencyKeyColumns, Model):
    pass


class ConsumedEvent(schema.ConsumedEventColumns, Model):
    pass


class DeadLetter(schema.DeadLetterColumns, Model):
    pass


class Heartbeat(schema.HeartbeatColumns, Model):
    pass


class Person(schema.PersonColumns, Model):
    pass
