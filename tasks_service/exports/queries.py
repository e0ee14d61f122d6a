"""The SQL of exports. PostgreSQL writes the lines, whole and escaped, and they are passed on as they come."""

from tasks_service.tasks.queries import COLUMNS

# A text that a spreadsheet would run gets a quotation mark in front, and so does one that would look as if it had.
RUNNABLE = r"^''*[=+@\t\r-]"


def _safe(text: str) -> str:
    return f"CASE WHEN {text} ~ '{RUNNABLE}' THEN '''' || {text} ELSE {text} END"


def _list(array: str) -> str:
    """`bug, ui`; as JSON when one of the words would be taken apart in that form."""
    parted = f"EXISTS (SELECT FROM unnest({array}) word WHERE word ~ '[][,;|]' OR word <> btrim(word))"
    return _safe(f"CASE WHEN {parted} THEN to_json({array})::text ELSE array_to_string({array}, ', ') END")


NAMES = """ARRAY(SELECT p.username FROM unnest(t.assignee_ids) WITH ORDINALITY AS a (id, place)
    JOIN people p ON p.id = a.id ORDER BY a.place)"""

CSV = f"""
SELECT t.id, t.key, {_safe("t.title")} AS title, {_safe("t.description")} AS description, t.status, t.priority,
    t.due_date, {_list(NAMES)} AS assignees, {_list("t.labels")} AS labels,
    (SELECT p.key FROM projects p WHERE p.id = t.project_id) AS project, t.parent_id,
    array_to_string(t.blocked_by, ', ') AS blocked_by, t.estimate_minutes, t.recurrence,
    CASE WHEN t.custom_fields <> '{{}}' THEN t.custom_fields END AS custom_fields,
    (SELECT p.username FROM people p WHERE p.id = t.created_by) AS created_by,
    to_json(t.created_at) #>> '{{}}' AS created_at, to_json(t.updated_at) #>> '{{}}' AS updated_at,
    to_json(t.completed_at) #>> '{{}}' AS completed_at
FROM tasks t WHERE {{where}} ORDER BY t.id"""

# JSON holds no control characters, so as CSV with these for its quotation mark and its separator it stays what it is.
QUOTE, SEPARATOR = "\x01", "\x02"
JSON = f"SELECT (SELECT to_json(shown) FROM (SELECT {COLUMNS}) shown) FROM tasks t WHERE {{where}} ORDER BY t.id"
