"""Projects, who is in them, and what they define for their tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Enum, ForeignKey, Index, Integer, Text, false, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import STATUSES, THIS_TRANSACTION, Model

ROLES = ("owner", "maintainer", "member", "viewer")
FIELD_TYPES = ("text", "number", "date", "choice", "user")


class Project(Model):
    """`last_number` is that of the newest key: a key is never given twice, so it only rises. `tasks_follow` says that
    tasks are still to follow the project into the trash, or out of it: those that were thrown away at this moment."""

    __tablename__ = "projects"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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


class Label(Model):
    """What tasks carry as words has a colour here. It belongs to a project, or to a person for their own tasks."""

    __tablename__ = "labels"

    id: Mapped[int] = schema.own_id()
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


class View(Model):
    """A name for filters and a sort; `query` holds the parameters of the list that were given."""

    __tablename__ = "views"

    id: Mapped[int] = schema.own_id()
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
