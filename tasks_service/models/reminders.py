"""Reminders, and feeds of due dates."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import Model


class ReminderCheck(Model):
    """When the reminders loop looks at a task next. A trigger on `tasks` says at once for what changed."""

    __tablename__ = "reminder_checks"

    task_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    check_at: Mapped[datetime] = mapped_column(index=True)


class Reminder(Model):
    """A reminder that somebody set for themselves: so long before the end of the due date, or at a time."""

    __tablename__ = "reminders"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
    owner_id: Mapped[int]
    scope: Mapped[str]
    target_id: Mapped[int]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (UniqueConstraint("owner_id", "scope", "target_id"),)
