"""The SQL of counts: a summary, and the changes that are not folded into it yet."""

from tasks_service.policies import made_or_assigned, mine

Facets = tuple[tuple[str, str, str, str], ...]

_OPEN = "t.status IN ('todo', 'in_progress')"
_ASSIGNEES = "CROSS JOIN unnest(t.assignee_ids) who"
# What a change `t` adds to which facets, see `models.TaskCount`, by what is read at once: the facet, its value, how
# many, and of which changes.
_NOW: Facets = (
    ("status", "t.status::text", "t.n", ""),
    ("priority", "t.priority::text", "t.n", ""),
    ("due", "t.due_date::text", "t.n", f"WHERE {_OPEN} AND t.due_date IS NOT NULL"),
)
_PEOPLE: Facets = (
    ("created", "t.created_by::text", "t.n", ""),
    ("assigned", "who::text", "t.n", _ASSIGNEES),
)
_DAYS: Facets = (
    ("made", "t.made_on::text", "t.n", ""),
    ("done", "t.completed_on::text", "t.n", "WHERE t.completed_on IS NOT NULL"),
    ("flow", "step", "t.n", "CROSS JOIN unnest(coalesce(t.came, ARRAY[t.made_on || ' ' || t.status])) step"),
    ("flow", "step", "-t.n", "CROSS JOIN unnest(t.went) step"),
    ("lead", "t.completed_on || ' ' || t.lead", "t.n", "WHERE t.lead IS NOT NULL"),
    ("cycle", "t.completed_on || ' ' || t.cycle", "t.n", "WHERE t.cycle IS NOT NULL"),
)
_LOADS: Facets = (
    ("open", "who::text", "t.n", f"{_ASSIGNEES} WHERE {_OPEN}"),
    ("late", "t.due_date || ' ' || who", "t.n", f"{_ASSIGNEES} WHERE {_OPEN} AND t.due_date IS NOT NULL"),
    ("estimate", "who::text", "t.n * t.estimate_minutes", f"{_ASSIGNEES} WHERE {_OPEN} AND t.estimate_minutes <> 0"),
)


def _facets(source: str, facets: Facets, columns: str = "") -> str:
    return " UNION ALL ".join(
        f"SELECT {columns}'{facet}'::count_facet AS facet, {value} AS value, {n} AS n FROM {source} t {which}"
        for facet, value, n, which in facets
    )


# The parts of the summary that a task is in, -1 is its project's.
_PARTS = """unnest(CASE WHEN s.project_id IS NULL THEN ARRAY[0] ELSE ARRAY[0, -1] END
        || s.created_by || array_remove(s.assignee_ids, s.created_by)) AS part"""
_WHOSE = "t.project_id, t.created_by, t.assignee_ids, "

# All that is read in a transaction which begins with this is of one moment, so that its parts add up.
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

# One process folds at a time; its next statement sees all that the one before it has folded.
ONLY_ONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('task_counts', 0))"
WAITING = "SELECT count(*) FROM (SELECT FROM task_count_changes LIMIT $1) AS waiting"
# Takes up to $1 changes away and adds them to the summary. What is of the same people and the same project is added up
# before it is dealt out to its parts.
FOLD = f"""
WITH taken AS (
    DELETE FROM task_count_changes WHERE id = ANY(ARRAY(SELECT id FROM task_count_changes ORDER BY id LIMIT $1))
    RETURNING *
), whole AS (
    SELECT project_id, created_by, assignee_ids, facet, value, sum(n) AS n
    FROM ({_facets("taken", _NOW + _PEOPLE + _DAYS + _LOADS, _WHOSE)}) AS facets
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
), summed AS (
    SELECT greatest(part, 0) AS person_id, CASE part WHEN 0 THEN 0 ELSE coalesce(s.project_id, 0) END AS project_id,
        s.facet, s.value, sum(s.n) AS n
    FROM whole s CROSS JOIN {_PARTS}
    GROUP BY 1, 2, 3, 4 HAVING sum(s.n) <> 0
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

# Whose numbers: the parts of the summary `c`, and the condition on changes `t`. Somebody's are their own part outside
# of their projects, and their projects: {who} the person. An administrator sees all there is.
_OWN = "ARRAY(SELECT own.project_id FROM project_members own WHERE own.user_id = {who}::bigint)"
PERSON, ADMIN, PROJECT = "person", "admin", "project"
_SCOPES = {
    PERSON: (
        (
            f"c.person_id = {{who}} AND c.project_id <> ALL ({_OWN})",
            f"c.person_id = 0 AND c.project_id = ANY ({_OWN})",
        ),
        mine("{who}"),
    ),
    ADMIN: (("c.person_id = 0 AND c.project_id = 0",), "true"),
    PROJECT: (("c.person_id = 0 AND c.project_id = {who}",), "t.project_id = {who}"),
}


def _found(scope: str, who: str, facets: Facets, *wanted: str) -> str:
    """All that is known of these facets, `facet, value, n`: in the summary, where each of the conditions `wanted` is a
    range of its own, and in the changes."""
    parts, changed = _SCOPES[scope]
    folded = [
        f"SELECT facet, value, n FROM task_counts c WHERE {part.format(who=who)} AND {one}"
        for part in parts
        for one in wanted
    ]
    waiting = f"""SELECT facet, value, n FROM (
        WITH changed AS MATERIALIZED (SELECT * FROM task_count_changes t WHERE {changed.format(who=who)})
        {_facets("changed", facets)}) AS waiting WHERE {" OR ".join(wanted)}"""
    return " UNION ALL ".join([*folded, waiting])


# Of the days on which something is due, those that are over and those that come soon: in $1 hours. $2 person or project
_DUE = "(facet <> 'due' OR value <= ((now() + make_interval(hours => $1))::date)::text)"
_VALUE = """CASE WHEN facet <> 'due' THEN value WHEN value < current_date::text THEN 'overdue' ELSE 'due_soon' END"""


def _numbers(scope: str, facets: Facets, last: str) -> str:
    """Numbers of now, without those that are 0."""
    return f"""
SELECT facet::text AS facet, {_VALUE} AS value, sum(n)::bigint AS n
FROM ({_found(scope, "$2", facets, f"facet <= '{last}' AND {_DUE}")}) AS found
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


STATS = {scope: _numbers(scope, _NOW, "due") for scope in _SCOPES}
INSIGHTS = {scope: _with_names(_numbers(scope, _NOW + _PEOPLE, "assigned")) for scope in _SCOPES}


def _days(scope: str) -> str:
    """What happened from the day $1 on; of completions those before $2. $3 person or project.

    The `value` of `made` and `done` is a day, that of `flow` a day and a status; `lead` and `cycle` are over all of
    these days, their `value` is rough seconds.
    """
    since = "facet IN ('made', 'flow') AND value >= $1"
    completed = "facet IN ('done', 'lead', 'cycle') AND value >= $1 AND value < $2"
    return f"""
SELECT facet::text AS facet, CASE WHEN facet IN ('lead', 'cycle') THEN substr(value, 12) ELSE value END AS value,
    sum(n)::bigint AS n
FROM ({_found(scope, "$3", _DAYS, since, completed)}) AS found
GROUP BY 1, 2 HAVING sum(n) <> 0
"""


def _loads(scope: str) -> str:
    """Who has most to do, of open tasks: at most $1 people. $2 person or project"""
    found = _found(
        scope, "$2", _LOADS, "facet IN ('open', 'estimate')", "facet = 'late' AND value < current_date::text"
    )
    return f"""
SELECT load.user_id, p.username, load.open, load.overdue, load.estimate_minutes
FROM (
    SELECT CASE WHEN facet = 'late' THEN substr(value, 12) ELSE value END::bigint AS user_id,
        (sum(n) FILTER (WHERE facet = 'open'))::bigint AS open,
        coalesce(sum(n) FILTER (WHERE facet = 'late'), 0)::bigint AS overdue,
        coalesce(sum(n) FILTER (WHERE facet = 'estimate'), 0)::bigint AS estimate_minutes
    FROM ({found}) AS found GROUP BY 1 HAVING sum(n) FILTER (WHERE facet = 'open') <> 0
    ORDER BY 2 DESC, 1 LIMIT $1
) AS load LEFT JOIN people p ON p.id = load.user_id ORDER BY load.open DESC, load.user_id
"""


DAYS = {scope: _days(scope) for scope in _SCOPES}
LOADS = {scope: _loads(scope) for scope in _SCOPES}

# Of the days on which open tasks are due that somebody ($1) made or is assigned to: the first that have $2 of these,
# and those from $3 to $4; `infinity` is no due date. With how many of theirs and of all open tasks are due then, and
# how many tasks are theirs whatever the status.
_MADE, _ASSIGNED = made_or_assigned("$1")
OPEN_DAYS = f"""
WITH changed AS MATERIALIZED (
    SELECT * FROM task_count_changes t WHERE {_MADE} OR {_ASSIGNED}
), counted AS MATERIALIZED (
    SELECT person_id <> 0 AS own, facet, value, n FROM task_counts
    WHERE (person_id = $1 OR (person_id = 0 AND project_id = 0)) AND facet IN ('status', 'due')
    UNION ALL
    SELECT true, facet, value, n FROM ({_facets("changed", _NOW)}) AS waiting WHERE facet <> 'priority'
), days AS (
    SELECT own, value::date AS day, n FROM counted WHERE facet = 'due'
    UNION ALL
    SELECT own, 'infinity', CASE facet WHEN 'due' THEN -n ELSE n END FROM counted
    WHERE facet = 'due' OR value IN ('todo', 'in_progress')
), found AS (
    SELECT day, sum(n) FILTER (WHERE own) AS own, coalesce(sum(n) FILTER (WHERE NOT own), 0) AS open,
        sum(sum(n) FILTER (WHERE own)) OVER (ORDER BY day) AS so_far
    FROM days GROUP BY day HAVING sum(n) FILTER (WHERE own) > 0
)
SELECT day, own::bigint AS own, open::bigint AS open,
    (SELECT sum(n) FROM counted WHERE own AND facet = 'status')::bigint AS theirs
FROM found WHERE so_far - own < $2 OR day BETWEEN $3::date AND $4::date ORDER BY day
"""
