"""Well-formed requests that are refused all the same, by rules that no JSON Schema can state.

Each row names the code of a problem or the pointer of one of its errors (`*` is one step), the operations by their ids
(`*` is any part), and the reason. A refusal passes only if everything that it complains about stands here for that very
operation.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

TASK_BODIES = ("create_task", "create_project_task", "replace_task", "update_task", "bulk_tasks")
ACCOUNTS = ("register", "update_me", "replace_me", "update_user", "replace_user")
FILTERED = ("list_tasks", "list_project_tasks", "delete_tasks", "export_tasks", "bulk_tasks", "*_view")

RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # What depends on what is there
    ("version_conflict", ("*",), "which ETag is current only the row knows"),
    ("idempotency_key_reused", ("*",), "whether a key was used for another request only its table knows"),
    ("/cursor", ("list_*", "get_time_totals"), "made by the list that it continues"),
    ("/after", ("list_events", "stream_events", "replay_events"), "made by the stream that it continues"),
    ("/token", ("sync_tasks",), "made by the answer before"),
    ("/token", ("reset_password", "confirm_email"), "a mailed link is good once"),
    ("/invitation", ("register",), "a mailed link is good once"),
    ("/password", ("disable_two_factor",), "the present password"),
    ("/otp", ("*_two_factor", "renew_recovery_codes"), "a code of now"),
    ("/current_password", ("change_password",), "the present password"),
    ("/project_id", (*TASK_BODIES, "move_task", "*_view", "create_calendar", "create_label"), "a project of yours"),
    ("/view_id", ("create_calendar",), "a view that is there"),
    ("/template_id", ("create_project",), "a project that is a template"),
    ("/parent_id", TASK_BODIES, "a task that you see, and none below this one"),
    ("/blocked_by", TASK_BODIES, "tasks that you see, and none that waits for this one"),
    ("/assignee_ids", TASK_BODIES, "active people"),
    ("/status_id", (*TASK_BODIES, "move_task"), "a status of the task's project"),
    ("/status", (*TASK_BODIES, "move_task"), "a way that the project's transitions allow"),
    ("/custom_fields/*", (*TASK_BODIES, "duplicate_task"), "the project's fields decide"),
    ("/user_id", ("watch_task", "*_member", "add_watcher"), "an active person who sees it"),
    ("/user_ids/*", ("send_announcement",), "active people"),
    ("/transitions/*/*", ("replace_transitions",), "two statuses of the project"),
    ("/replace_with", ("delete_status",), "another status of the project"),
    ("/before", ("move_task",), "a task in the same column"),
    ("/after", ("move_task",), "a task in the same column"),
    ("/into", ("merge_label",), "another label of the same project"),
    ("/ids/*", ("bulk_tasks",), "tasks that you see"),
    ("/create/*", ("bulk_tasks",), "what each would be refused for by itself"),
    ("/filter/*", ("bulk_tasks",), "what each would be refused for by itself"),
    ("/type", ("replace_field",), "the type that it has"),
    ("/key", ("replace_field",), "the key that it has"),
    ("/options", ("update_field",), "a choice has some, and nothing else has"),
    ("/shared", ("update_view",), "a view that stays in a project"),
    ("/started_at", ("*_time_entry",), "may not overlap with another entry"),
    # What depends on the clock
    ("/expires_at", ("create_access_token",), "a moment to come"),
    ("/at", ("create_reminder",), "a moment to come, within ten years"),
    ("", ("*_time_entry",), "begins before it ends, and neither is to come"),
    ("", ("get_project_summary", "get_quick_dashboard"), "the first day before the last, a year at most"),
    ("/quiet_hours", ("*_preferences",), "from one hour to another"),
    # Languages and names of their own
    ("/filter", FILTERED, "the filter language"),
    ("/q", FILTERED, "words: a letter or digit of any script"),
    ("/recurrence", (*TASK_BODIES, "preview_recurrence"), "RFC 5545"),
    ("/every", ("*_report_schedule",), "a language of its own"),
    ("/filter", ("create_report", "*_report_schedule"), "what it takes follows from the kind of report"),
    ("/filter/*", ("create_report", "*_report_schedule"), "what it takes follows from the kind of report"),
    ("/filter/*/*", ("create_report", "*_report_schedule"), "what it takes follows from the kind of report"),
    ("/subject", ("*_template",), "Jinja2"),
    ("/text", ("*_template",), "Jinja2"),
    ("/html", ("*_template",), "Jinja2"),
    ("/emoji", ("add_reaction", "remove_reaction"), "an emoji, or a short name"),
    ("/timezone", ACCOUNTS, "a name of the IANA database"),
    ("/username", ACCOUNTS, "letters and digits of any script, in one form"),
    ("/email", (*ACCOUNTS, "forgot_password", "create_invitation"), "an address, as people write it"),
    ("/password", ("register",), "no common password"),
    ("/new_password", ("change_password", "reset_password"), "no common password"),
    ("/url", ("*_webhook",), "a public address"),
    # What a form or an address cannot say of itself
    ("/file", ("add_attachment",), "bytes by themselves come with a Content-Disposition"),
    ("/format", ("import_tasks",), "told by the file's name where it is not given"),
    ("/confirm", ("delete_tasks",), "has to be true: everything that matches is deleted"),
    ("uri_too_long", ("*",), "each parameter has its bound, and the gateway one for all together"),
)
# What one task is refused for, many are.
RULES += tuple(
    (f"{part}{where}", ("bulk_tasks",), why)
    for part in ("/create/*", "/set")
    for where, operations, why in RULES
    if set(TASK_BODIES) <= set(operations)
)


def are_expected(operation_id: str, problem: dict[str, Any]) -> bool:
    """Whether a problem complains of nothing but what its operation has rules for."""
    wrong = [error["pointer"] for error in problem.get("errors", ())] or [problem["code"]]
    return all(_has_rule(operation_id, one) for one in wrong)


def _has_rule(operation_id: str, wrong: str) -> bool:
    return any(
        _pattern(where).fullmatch(wrong) and any(fnmatchcase(operation_id, one) for one in operations)
        for where, operations, _ in RULES
    )


def _pattern(where: str) -> re.Pattern[str]:
    return re.compile(re.escape(where).replace(r"\*", "[^/]*"), re.DOTALL)
