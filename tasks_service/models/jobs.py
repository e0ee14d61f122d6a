"""What the worker does on request: imports and reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, Text, false, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared import schema
from tasks_service.models.base import Model


class Import(Model):
    """A file of tasks that is taken in. `attempt` counts the workers that had it; the last one has it still."""

    __tablename__ = "imports"

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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

    id: Mapped[int] = schema.own_id()
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
    """A report that is asked for again and again: next at `next_at`, unless it is paused."""

    __tablename__ = "report_schedules"

    id: Mapped[int] = schema.own_id()
    owner_id: Mapped[int] = mapped_column(BigInteger, index=True)
    as_admin: Mapped[bool]
    kind: Mapped[str]
    format: Mapped[str]
    filter: Mapped[dict[str, Any]] = mapped_column(JSONB)
    every: Mapped[str]
    next_at: Mapped[datetime] = mapped_column(index=True)
    paused: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
