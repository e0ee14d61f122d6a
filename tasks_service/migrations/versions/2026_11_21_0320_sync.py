"""What offline clients need: which transaction wrote a row last, who lost sight of what, and their own ids of tasks."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0320_sync"
down_revision = "2026_11_21_0305_projects"
branch_labels = None
depends_on = None

THIS_TRANSACTION = "(pg_current_xact_id())::text::bigint"

CHANGED = """
CREATE FUNCTION tasks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$
"""
ON_CHANGE = "CREATE TRIGGER tasks_changed BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION tasks_changed()"

# Who is not assigned any more, and a task that is not in its project any more. Of a task that is purged long after it
# went to the trash every client knows that it is gone.
DEPARTED = """
CREATE FUNCTION tasks_departed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO departures (task_id, user_id)
        SELECT DISTINCT OLD.id, who FROM unnest(OLD.assignee_ids || OLD.created_by) who;
        INSERT INTO departures (task_id, project_id) SELECT OLD.id, OLD.project_id WHERE OLD.project_id IS NOT NULL;
        RETURN NULL;
    END IF;
    INSERT INTO departures (task_id, user_id)
    SELECT OLD.id, who FROM unnest(OLD.assignee_ids) who WHERE who <> ALL (NEW.assignee_ids);
    INSERT INTO departures (task_id, project_id)
    SELECT OLD.id, OLD.project_id WHERE OLD.project_id IS DISTINCT FROM NEW.project_id AND OLD.project_id IS NOT NULL;
    RETURN NULL;
END $$
"""
ON_DEPARTURE = """
CREATE TRIGGER tasks_departed AFTER UPDATE ON tasks FOR EACH ROW
WHEN (OLD.assignee_ids <> NEW.assignee_ids OR OLD.project_id IS DISTINCT FROM NEW.project_id)
EXECUTE FUNCTION tasks_departed()
"""
ON_PURGE = """
CREATE TRIGGER tasks_purged AFTER DELETE ON tasks FOR EACH ROW
WHEN (OLD.deleted_at IS NULL OR OLD.deleted_at > now() - interval '30 days') EXECUTE FUNCTION tasks_departed()
"""

LEFT_PROJECT = """
CREATE FUNCTION project_members_departed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO departures (user_id, project_id) VALUES (OLD.user_id, OLD.project_id);
    RETURN NULL;
END $$
"""
ON_LEAVING = """
CREATE TRIGGER project_members_departed AFTER DELETE ON project_members FOR EACH ROW
EXECUTE FUNCTION project_members_departed()
"""


def upgrade() -> None:
    op.add_column(
        "project_members",
        sa.Column("joined_in", sa.BigInteger(), server_default=sa.text(THIS_TRANSACTION), nullable=False),
    )
    op.add_column(
        "tasks", sa.Column("changed_in", sa.BigInteger(), server_default=sa.text(THIS_TRANSACTION), nullable=False)
    )
    op.add_column("tasks", sa.Column("client_id", sa.Uuid(), nullable=True))
    op.create_index("ix_tasks_changed_in", "tasks", ["changed_in"], unique=False)
    op.create_index(
        "uq_tasks_client_id",
        "tasks",
        ["created_by", "client_id"],
        unique=True,
        postgresql_where=sa.text("client_id IS NOT NULL"),
    )
    op.create_table(
        "departures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_in", sa.BigInteger(), server_default=sa.text(THIS_TRANSACTION), nullable=False),
        sa.Column("departed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
    )
    for column in ("user_id", "project_id"):
        op.create_index(
            f"ix_departures_{column}_changed_in",
            "departures",
            [column, "changed_in"],
            unique=False,
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index("ix_departures_changed_in", "departures", ["changed_in"], unique=False)
    for statement in (CHANGED, ON_CHANGE, DEPARTED, ON_DEPARTURE, ON_PURGE, LEFT_PROJECT, ON_LEAVING):
        op.execute(statement)


def downgrade() -> None:
    for name in ("tasks_changed", "tasks_departed", "tasks_purged"):
        op.execute(f"DROP TRIGGER {name} ON tasks")
    op.execute("DROP TRIGGER project_members_departed ON project_members")
    for name in ("tasks_changed", "tasks_departed", "project_members_departed"):
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("departures")
    op.drop_index("uq_tasks_client_id", table_name="tasks")
    op.drop_index("ix_tasks_changed_in", table_name="tasks")
    op.drop_column("tasks", "client_id")
    op.drop_column("tasks", "changed_in")
    op.drop_column("project_members", "joined_in")
