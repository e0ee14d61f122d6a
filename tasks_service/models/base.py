"""What all models of this service share."""

from sqlalchemy import DDL, event, text

from shared import schema

STATUSES = ("todo", "in_progress", "completed", "archived")
PRIORITIES = ("low", "medium", "high", "urgent")  # in this order: PostgreSQL sorts an enum as it was declared
LIVE = text("deleted_at IS NULL")
# The transaction that writes the row, by its 64-bit id.
THIS_TRANSACTION = text("(pg_current_xact_id())::text::bigint")


class Model(schema.Model):
    __abstract__ = True
    metadata = schema.metadata()


# Words are parted as the search parts them: at everything that PostgreSQL would keep inside addresses and numbers. The
# expressions are in functions because PostgreSQL reads that of a generated column anew for each statement, and because
# `translate`, which would say it shorter than `replace`, takes ten times as long.
WORDS = (
    "CREATE FUNCTION {} RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN {}; END $$"
)
JOINED = "@./-_:#+&=%?~"


def _words(column: str) -> str:
    for sign in JOINED:
        column = f"replace({column}, '{sign}', ' ')"
    return f"to_tsvector('simple', {column})"


FUNCTIONS = {
    "words_of(body text)": _words("body"),
    "words_of_task(title text, description text)": f"setweight({_words('title')}, 'A')"
    f" || setweight({_words('description')}, 'B')",
}
for name, body in FUNCTIONS.items():
    event.listen(Model.metadata, "before_create", DDL(WORDS.format(name, body).replace("%", "%%")))  # type: ignore[no-untyped-call]
