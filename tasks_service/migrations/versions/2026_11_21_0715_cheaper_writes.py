"""What each written task cost without need: the expressions by which its words and the ids of its event were found.

PostgreSQL reads the text of a generated column's expression anew for each statement, and the body of a function once. So
the words are parted by functions; `translate` says it shorter than `replace` does, and takes ten times as long. The ids
are written by who writes the event.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0715_cheaper_writes"
down_revision = "2026_11_21_0705_counting_many"
branch_labels = None
depends_on = None

TASK_OF_EVENT = "(data #>> '{task,id}')::bigint"
PROJECT_OF_EVENT = "coalesce(data #>> '{task,project_id}', data #>> '{project,id}')::bigint"
JOINED = "@./-_:#+&=%?~"  # what PostgreSQL would keep inside addresses and numbers


def _replaced(column: str) -> str:
    for sign in JOINED:
        column = f"replace({column}, '{sign}', ' ')"
    return f"to_tsvector('simple', {column})"


def _translated(column: str) -> str:
    return f"to_tsvector('simple', translate({column}, '{JOINED}', '{' ' * len(JOINED)}'))"


WORDS = (
    "CREATE FUNCTION {} RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN {}; END $$"
)
WORDS_OF = WORDS.format("words_of(body text)", _replaced("body"))
WORDS_OF_TASK = WORDS.format(
    "words_of_task(title text, description text)",
    f"setweight({_replaced('title')}, 'A') || setweight({_replaced('description')}, 'B')",
)
BEFORE = f"setweight({_translated('title')}, 'A') || setweight({_translated('description')}, 'B')"


def upgrade() -> None:
    op.execute(WORDS_OF)
    op.execute(WORDS_OF_TASK)
    op.execute("ALTER TABLE tasks ALTER search SET EXPRESSION AS (words_of_task(title, description))")
    op.execute("ALTER TABLE comments ALTER search SET EXPRESSION AS (words_of(body))")
    op.drop_index("ix_events_subject_id_id", table_name="events")
    op.execute("ALTER TABLE events ALTER task_id DROP EXPRESSION, ALTER project_id DROP EXPRESSION")


def downgrade() -> None:
    for name in ("task_id_id", "project_id_id"):
        op.drop_index(f"ix_events_{name}", table_name="events")
    for name, expression in (("task_id", TASK_OF_EVENT), ("project_id", PROJECT_OF_EVENT)):
        op.drop_column("events", name)
        op.add_column("events", sa.Column(name, sa.BigInteger(), sa.Computed(expression, persisted=True)))
    op.create_index("ix_events_task_id_id", "events", ["task_id", "id"])
    project = sa.text("project_id IS NOT NULL")
    op.create_index("ix_events_project_id_id", "events", ["project_id", "id"], postgresql_where=project)
    op.create_index("ix_events_subject_id_id", "events", ["subject_id", "id"])
    op.execute(f"ALTER TABLE tasks ALTER search SET EXPRESSION AS ({BEFORE})")
    op.execute(f"ALTER TABLE comments ALTER search SET EXPRESSION AS ({_translated('body')})")
    op.execute("DROP FUNCTION words_of_task, words_of")
