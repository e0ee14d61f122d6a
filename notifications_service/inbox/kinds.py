"""The kinds of notifications, and what each is by default."""

from typing import Literal, get_args

Kind = Literal[
    "task_assigned",
    "task_unassigned",
    "task_updated",
    "task_completed",
    "task_deleted",
    "task_due_soon",
    "task_overdue",
    "comment_added",
    "mentioned",
    "project_added",
    "system",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

# What a person would not want to miss when they are away; everything else waits in the inbox.
MAILED: frozenset[Kind] = frozenset({"task_assigned", "task_due_soon", "task_overdue", "mentioned", "project_added"})
# What is meant for this one person: muting the task or the project does not silence it.
PERSONAL: frozenset[Kind] = frozenset({"task_assigned", "task_unassigned", "mentioned", "project_added", "system"})
# What comes in numbers while somebody works on a task: mails about it wait for each other a little.
BUNDLED: frozenset[Kind] = frozenset({"task_updated", "task_completed", "comment_added"})
