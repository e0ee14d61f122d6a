"""The SQL of counts: a summary, and the changes that are not folded into it yet."""

from tasks_service.policies import mine

# Which parts of the summary a task is in, see `models.TaskCount`.
_PARTS = """(
    SELECT DISTINCT who, coalesce(t.project_id, 0) FROM unnest(t.assignee_ids || t.created_by) who
    UNION ALL SELECT 0, t.project_id WHERE t.project_id IS NOT NULL
    UNION ALL SELECT 0, 0
) AS part (person_id, project_id)"""
_FACETS = """(
    SELECT 'status'::count_facet, t.status::text
    UNION ALL SELECT 'priority', t.priority::text
    UNION ALL SELECT 'due', t.due_date::text WHERE t.status IN ('todo', 'in_progress') AND t.due_date IS NOT NULL
    UNION ALL SELECT 'created', t.created_by::text
    UNION ALL SELECT 'assigned', who::text FROM unnest(t.assignee_ids) who
) AS facet (facet, value)"""

# One process folds at a time; its next statement sees all that the one before it has folded.
ONLY_ONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('task_counts', 0))"
WAITING = "SELECT count(*) FROM (SELECT FROM task_count_changes LIMIT $1) AS waiting"
# Takes up to $1 changes away and adds them to the summary.
FOLD = f"""
WITH taken AS (
    DELETE FROM task_count_changes WHERE id = ANY(ARRAY(SELECT id FROM task_count_changes ORDER BY id LIMIT $1))
    RETURNING *
), summed AS (
    SELECT part.person_id, part.project_id, facet.facet, facet.value, sum(t.n) AS n
    FROM taken t CROSS JOIN LATERAL {_PARTS} CROSS JOIN LATERAL {_FACETS}
    GROUP BY 1, 2, 3, 4 HAVING sum(t.n) <> 0
)
MERGE INTO task_counts AS c USING summed AS s
ON c.person_id = s.person_id AND c.project_id = s.project_id AND c.facet = s.facet AND c.value = s.value
WHEN MATCHED AND c.n + s.n = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET n = c.n + s.n
WHEN NOT MATCHED THEN INSERT (person_id, project_id, facet, value, n)
    VALUES (s.person_id, s.project_id, s.facet, s.value, s.n)
"""
# Readers pass over what was folded until this has removed it. Only a table that has become big is made smaller again,
# since nobody can write to it for that moment.
TIDY = "VACUUM (TRUNCATE {truncate}) task_count_changes"
IS_BIG = "SELECT pg_relation_size('task_count_changes') > 8 * 1024 * 1024"

# Their own part outside of their projects, and their projects: $2 the person. An administrator sees all there is.
_OWN = "ARRAY(SELECT own.project_id FROM project_members own WHERE own.user_id = $2::bigint)"
_SEEN_PARTS = (f"c.person_id = $2 AND c.project_id <> ALL ({_OWN})", f"c.person_id = 0 AND c.project_id = ANY ({_OWN})")
_ALL_PARTS = ("c.person_id = 0 AND c.project_id = 0",)
# Of the days on which something is due, those that are over and those that come soon: in $1 hours.
_DUE = "(facet <> 'due' OR value <= ((now() + make_interval(hours => $1))::date)::text)"
_VALUE = """CASE WHEN facet <> 'due' THEN value WHEN value < current_date::text THEN 'overdue' ELSE 'due_soon' END"""


def _read(parts: tuple[str, ...], changed: str, wanted: str = "") -> str:
    """The numbers over parts of the summary and the changes in them: `facet, value, n`, without those that are 0."""
    folded = [f"SELECT facet, value, n FROM task_counts c WHERE {part} AND {_DUE}{wanted}" for part in parts]
    waiting = f"""SELECT facet.facet, facet.value, t.n FROM task_count_changes t CROSS JOIN LATERAL {_FACETS}
    WHERE {changed} AND {_DUE}{wanted}"""
    found = " UNION ALL ".join([*folded, waiting])
    return f"""
SELECT facet::text AS facet, {_VALUE} AS value, sum(n)::bigint AS n FROM ({found}) AS found
GROUP BY 1, 2 HAVING sum(n) <> 0
"""


def _with_names(read: str) -> str:
    """People by their usernames; `is_unknown` is who has not been heard of yet, by their id."""
    return f"""
SELECT found.facet, coalesce(p.username, found.value) AS value, found.n,
    found.facet IN ('created', 'assigned') AND p.id IS NULL AS is_unknown
FROM ({read}) AS found
LEFT JOIN people p ON p.id = CASE WHEN found.facet IN ('created', 'assigned') THEN found.value::bigint END
ORDER BY found.n DESC, 2
"""


_NO_PEOPLE = " AND facet < 'created'"
# By whether an administrator asks.
_SEEN = {False: (_SEEN_PARTS, mine("$2")), True: (_ALL_PARTS, "true")}
STATS = {is_admin: _read(*seen, _NO_PEOPLE) for is_admin, seen in _SEEN.items()}
INSIGHTS = {is_admin: _with_names(_read(*seen)) for is_admin, seen in _SEEN.items()}
# $2 the project
STATS_OF_PROJECT = _read(("c.person_id = 0 AND c.project_id = $2",), "t.project_id = $2", _NO_PEOPLE)
