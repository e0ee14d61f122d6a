"""The data set: 100,000 tasks (BENCH_TASKS) of several people, with descriptions of about 200 characters."""

from __future__ import annotations

import os

import asyncpg

TASKS = int(os.environ.get("BENCH_TASKS", "100000"))
GROWN = TASKS * int(os.environ.get("BENCH_GROWTH", "10"))  # how many there are in the end where growth is measured
STEP = 100_000  # tasks written at once
WORDS = 1_000  # in the descriptions, each in about 4 % of them
WORDS_EACH = 45

# Reproducible: what a task looks like follows from its number alone. $1 the users, $2 and $3 the first and the last.
FILL = f"""
INSERT INTO tasks (title, description, status, priority, due_date, assignee_ids, created_by, labels, position,
    created_at, updated_at, completed_at)
SELECT 'Task number ' || n,
    (SELECT string_agg('w' || abs(hashint8(n::bigint * 97 + k)) % {WORDS}, ' ')
        FROM generate_series(1, {WORDS_EACH}) k),
    (ARRAY['todo', 'in_progress', 'completed', 'archived'])[1 + n % 4]::task_status,
    (ARRAY['low', 'medium', 'high', 'urgent'])[1 + n / 4 % 4]::task_priority,
    CASE WHEN n % 3 > 0 THEN current_date + n % 120 - 30 END,
    CASE WHEN n % 2 = 0 THEN ARRAY[($1::bigint[])[1 + n / 7 % cardinality($1)]] ELSE '{{}}' END,
    ($1::bigint[])[1 + n % cardinality($1)],
    ARRAY['label' || n % 20],
    lpad(n::text, 9, '0'),
    now() - make_interval(secs => {GROWN} - n),
    now() - make_interval(secs => {GROWN} - n),
    CASE WHEN n % 4 = 2 THEN now() - make_interval(secs => ({GROWN} - n) * (n % 100) / 100.0) END
FROM generate_series($2::int, $3::int) n
"""


async def fill(database_url: str, user_ids: list[int], first: int = 1, last: int = TASKS) -> None:
    """Writes the tasks straight into the database of the tasks service."""
    connection = await asyncpg.connect(database_url)
    try:
        for begin in range(first, last + 1, STEP):
            async with connection.transaction():
                await connection.execute(FILL, user_ids, begin, min(begin + STEP - 1, last), timeout=600)
                await connection.execute("DELETE FROM reminder_checks")  # thousands of reminders are not measured
        await connection.execute("VACUUM ANALYZE tasks", timeout=600)
    finally:
        await connection.close()
