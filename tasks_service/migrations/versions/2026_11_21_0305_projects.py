"""Projects with members, statuses and fields of their own; tasks in them get a key."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_0305_projects"
down_revision = "2026_11_21_0300_comments"
branch_labels = None
depends_on = None

task_status = postgresql.ENUM(name="task_status", create_type=False)

TRIGGER = """
CREATE FUNCTION keep_tasks_in_project() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.project_id IS DISTINCT FROM OLD.project_id THEN
        IF NEW.project_id IS NULL THEN
            NEW.key := NULL;
        ELSE
            UPDATE projects SET last_number = last_number + 1 WHERE id = NEW.project_id AND deleted_at IS NULL
            RETURNING key || '-' || last_number INTO NEW.key;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
        END IF;
    END IF;
    IF NEW.project_id IS NULL THEN
        NEW.status_id := NULL;
    ELSIF NOT EXISTS (SELECT FROM project_statuses s
            WHERE s.id = NEW.status_id AND s.project_id = NEW.project_id AND s.category = NEW.status) THEN
        NEW.status_id := (SELECT s.id FROM project_statuses s
            WHERE s.project_id = NEW.project_id AND s.category = NEW.status ORDER BY s.position, s.id LIMIT 1);
    END IF;
    RETURN NEW;
END $$;
"""
ON_INSERT = """
CREATE TRIGGER tasks_made_in_project BEFORE INSERT ON tasks FOR EACH ROW WHEN (NEW.project_id IS NOT NULL)
EXECUTE FUNCTION keep_tasks_in_project();
"""
ON_UPDATE = """
CREATE TRIGGER tasks_changed_in_project BEFORE UPDATE OF project_id, status, status_id ON tasks FOR EACH ROW
WHEN (NEW.project_id IS DISTINCT FROM OLD.project_id OR NEW.project_id IS NOT NULL
    AND (NEW.status, NEW.status_id) IS DISTINCT FROM (OLD.status, OLD.status_id))
EXECUTE FUNCTION keep_tasks_in_project();
"""


def moments() -> list[sa.Column[Any]]:
    names = ("created_at", "updated_at")
    return [
        *(sa.Column(n, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False) for n in names),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ]


def own_id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def of_project(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_project_id_projects")
    return sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "projects",
        own_id(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_template", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        *moments(),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index("uq_projects_key", "projects", ["key"], unique=True)
    op.create_table(
        "project_members",
        sa.Column("project_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Enum("owner", "maintainer", "member", "viewer", name="project_role"), nullable=False),
        *moments(),
        of_project("project_members"),
        sa.PrimaryKeyConstraint("project_id", "user_id", name=op.f("pk_project_members")),
    )
    op.create_index(
        "ix_project_members_user_id_project_id",
        "project_members",
        ["user_id", "project_id"],
        unique=False,
        postgresql_include=["role"],
    )
    op.create_table(
        "project_statuses",
        own_id(),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", task_status, nullable=False),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *moments(),
        of_project("project_statuses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_statuses")),
    )
    op.create_index(
        "uq_project_statuses_name", "project_statuses", ["project_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "status_transitions",
        sa.Column("from_status_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_status_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        of_project("status_transitions"),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["project_statuses.id"],
                name=op.f(f"fk_status_transitions_{column}_project_statuses"),
                ondelete="CASCADE",
            )
            for column in ("from_status_id", "to_status_id")
        ),
        sa.PrimaryKeyConstraint("from_status_id", "to_status_id", name=op.f("pk_status_transitions")),
    )
    for column in ("project_id", "to_status_id"):
        op.create_index(op.f(f"ix_status_transitions_{column}"), "status_transitions", [column], unique=False)
    op.create_table(
        "project_fields",
        own_id(),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Enum("text", "number", "date", "choice", "user", name="field_type"), nullable=False),
        sa.Column("required", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("options", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *moments(),
        of_project("project_fields"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_fields")),
    )
    op.create_index("uq_project_fields_key", "project_fields", ["project_id", "key"], unique=True)
    op.add_column("tasks", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("tasks", sa.Column("status_id", sa.BigInteger(), nullable=True))
    custom_fields = sa.Column("custom_fields", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("tasks", custom_fields)
    op.create_foreign_key(op.f("fk_tasks_project_id_projects"), "tasks", "projects", ["project_id"], ["id"])
    op.create_foreign_key(
        op.f("fk_tasks_status_id_project_statuses"), "tasks", "project_statuses", ["status_id"], ["id"]
    )
    for name, unique in (("status_id", False), ("key", True)):
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"{'uq' if unique else 'ix'}_tasks_{name}", "tasks", [name], unique=unique, postgresql_where=where
        )
    for statement in (TRIGGER, ON_INSERT, ON_UPDATE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER tasks_changed_in_project ON tasks")
    op.execute("DROP TRIGGER tasks_made_in_project ON tasks")
    op.execute("DROP FUNCTION keep_tasks_in_project()")
    for name in ("fk_tasks_status_id_project_statuses", "fk_tasks_project_id_projects"):
        op.drop_constraint(op.f(name), "tasks", type_="foreignkey")
    for column in ("custom_fields", "status_id", "key"):
        op.drop_column("tasks", column)
    for table in ("project_fields", "status_transitions", "project_statuses", "project_members", "projects"):
        op.drop_table(table)
    op.execute("DROP TYPE field_type")
    op.execute("DROP TYPE project_role")
