"""What hangs on a task."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import Model


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

    id: Mapped[int] = schema.own_id()
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


class Comment(Model):
    """`mentioned` are all who were named in it so far; `updated_at` is when the words were last changed."""

    __tablename__ = "comments"

    id: Mapped[int] = schema.own_id()
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    author_id: Mapped[int]
    body: Mapped[str]
    reactions: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    mentioned: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed("words_of(body)", persisted=True))

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

    id: Mapped[int] = schema.own_id()
    sha256: Mapped[str] = mapped_column(Text, unique=True)
    size: Mapped[int]
    key: Mapped[str] = mapped_column(Text, unique=True)
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Attachment(Model):
    __tablename__ = "attachments"

    id: Mapped[int] = schema.own_id()
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
