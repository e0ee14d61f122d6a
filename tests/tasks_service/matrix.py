"""What each operation of the tasks service answers to whom: a row for every one that names an object in its address.

`test_matrix.py` reads the operations from the OpenAPI document and refuses one that has no row here. A new operation
takes one line: whom it is for, what it answers them, its body. What its address names (`{task_id}`, `{label_id}`) is
made by `world.MAKERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.tasks_service.world import World

ACTORS = ("owner", "maintainer", "member", "viewer", "assignee", "creator", "stranger", "admin")
"""Of one task in one project: its creator is no member (any more), its assignee never was one."""

NOT_FOUND, FORBIDDEN, ALLOWED = 404, 403, 0


def rights(allowed: str, forbidden: str = "") -> Mapping[str, int]:
    """Whom an operation is for, and who sees what it is about and may not do it; it is not there for the rest."""
    answers = dict.fromkeys(ACTORS, NOT_FOUND)
    answers |= dict.fromkeys(forbidden.split(), FORBIDDEN)
    return answers | dict.fromkeys(allowed.split(), ALLOWED)


SEES_TASK = rights("owner maintainer member viewer assignee creator admin")
CHANGES_TASK = rights("owner maintainer member assignee creator admin", "viewer")
DELETES_TASK = rights("owner maintainer creator admin", "member viewer assignee")
HAS_PART = rights("owner maintainer member viewer assignee creator", "admin")
ONLY_MEMBER = rights("member")
ONLY_MEMBER_OR_ADMIN = rights("member admin")
AUTHOR = rights("creator admin", "owner maintainer member viewer assignee")
SEES_PROJECT = rights("owner maintainer member viewer admin")
PUTS_INTO = rights("owner maintainer member admin", "viewer")
MAINTAINS = rights("owner maintainer admin", "member viewer")
OWNS = rights("owner admin", "maintainer member viewer")

OWN_TIME = rights("member admin", "owner maintainer viewer assignee creator")
FOR_ADMINS = rights("admin", " ".join(actor for actor in ACTORS if actor != "admin"))

Body = Any | Callable[[World], Any]


@dataclass(frozen=True)
class Row:
    """`status` answers those who are allowed. `once`: the object is used up by it. `first` prepares the world.
    `others` are answers that are none of the usual ones."""

    rights: Mapping[str, int]
    status: int = 200
    body: Body = None
    once: bool = False
    first: tuple[str, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    query: str = ""
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def expected(self, actor: str) -> int:
        return self.others.get(actor) or self.rights[actor] or self.status


TITLE = {"title": "New"}
WORDS = {"body": "Well."}
STATUS = {"name": "New", "category": "todo"}
FIELD = {"name": "New", "type": "text"}
NAME = {"name": "New"}
RAW = {"Content-Type": "application/octet-stream", "Content-Disposition": 'attachment; filename="a.bin"'}

TABLE: dict[str, Row] = {
    "get_task": Row(SEES_TASK),
    "replace_task": Row(CHANGES_TASK, body=lambda world: {**TITLE, "assignee_ids": [world.people["assignee"].id]}),
    "update_task": Row(CHANGES_TASK, body=TITLE),
    "delete_task": Row(DELETES_TASK, 204, once=True),
    "restore_task": Row(DELETES_TASK, once=True, first=("trash_task",)),
    "move_task": Row(CHANGES_TASK, body={"status": "in_progress"}),
    "duplicate_task": Row(rights("owner maintainer member assignee creator admin", "viewer"), 201, body={}),
    "preview_task_recurrence": Row(SEES_TASK),
    "list_task_activity": Row(SEES_TASK),
    "revert_change": Row(CHANGES_TASK, once=True),
    "list_comments": Row(SEES_TASK),
    "create_comment": Row(CHANGES_TASK, 201, body=WORDS),
    "get_comment": Row(SEES_TASK),
    "replace_comment": Row(AUTHOR, body=WORDS),
    "update_comment": Row(AUTHOR, body=WORDS),
    "delete_comment": Row(DELETES_TASK, 204, once=True),
    "list_comment_history": Row(SEES_TASK),
    "add_reaction": Row(CHANGES_TASK),
    "remove_reaction": Row(SEES_TASK, 204),
    "list_attachments": Row(SEES_TASK),
    "add_attachment": Row(CHANGES_TASK, 201, content=b"content", headers=RAW),
    "get_attachment": Row(SEES_TASK),
    "delete_attachment": Row(DELETES_TASK, 204, once=True),
    "download_attachment": Row(SEES_TASK),
    "preview_attachment": Row(SEES_TASK),
    "list_reminders": Row(SEES_TASK),
    "create_reminder": Row(HAS_PART, 201, body={"lead_minutes": 60}),
    "get_reminder": Row(ONLY_MEMBER),
    "delete_reminder": Row(ONLY_MEMBER, 204, once=True),
    "get_project": Row(SEES_PROJECT),
    "replace_project": Row(MAINTAINS, body=NAME),
    "update_project": Row(MAINTAINS, body=NAME),
    "delete_project": Row(OWNS, 204, once=True),
    "restore_project": Row(OWNS, once=True, first=("trash_project",)),
    "duplicate_project": Row(SEES_PROJECT, 201, body={"include": []}),
    "list_project_tasks": Row(SEES_PROJECT),
    "create_project_task": Row(PUTS_INTO, 201, body=TITLE),
    "list_project_activity": Row(SEES_PROJECT),
    "list_activity_weeks": Row(SEES_PROJECT),
    "get_project_summary": Row(SEES_PROJECT),
    "list_members": Row(SEES_PROJECT),
    "add_member": Row(MAINTAINS, 201, body=lambda world: {"user_id": world.newcomer().id}),
    "get_member": Row(SEES_PROJECT),
    "set_member": Row(MAINTAINS, body={"role": "member"}),
    "remove_member": Row(MAINTAINS, 204, once=True, others={"member": 204}),  # oneself
    "list_statuses": Row(SEES_PROJECT),
    "create_status": Row(MAINTAINS, 201, body=lambda world: {**STATUS, "name": world.word()}),
    "get_status": Row(SEES_PROJECT),
    "replace_status": Row(MAINTAINS, body=STATUS),
    "update_status": Row(MAINTAINS, body=NAME),
    "delete_status": Row(MAINTAINS, 204, once=True),
    "get_transitions": Row(SEES_PROJECT),
    "replace_transitions": Row(MAINTAINS, body={"transitions": []}),
    "list_fields": Row(SEES_PROJECT),
    "create_field": Row(MAINTAINS, 201, body=FIELD),
    "get_field": Row(SEES_PROJECT),
    "replace_field": Row(MAINTAINS, body=FIELD),
    "update_field": Row(MAINTAINS, body=NAME),
    "delete_field": Row(MAINTAINS, 204, once=True),
    "get_view": Row(SEES_PROJECT),
    "replace_view": Row(  # the member made it
        MAINTAINS,
        body=lambda world: {**NAME, "project_id": world.made["project"]["id"], "shared": True},
        others={"member": 200},
    ),
    "update_view": Row(MAINTAINS, body=NAME, others={"member": 200}),
    "delete_view": Row(MAINTAINS, 204, once=True, others={"member": 204}),
    "list_view_tasks": Row(SEES_PROJECT),
    "get_label": Row(SEES_PROJECT),
    "replace_label": Row(PUTS_INTO, body=lambda world: {"name": world.word()}),
    "update_label": Row(PUTS_INTO, body={"color": "#ffffff"}),
    "delete_label": Row(PUTS_INTO, 204, once=True),
    "merge_label": Row(
        PUTS_INTO, once=True, first=("make_other_label",), body=lambda world: {"into": world.ids["other"]}
    ),
    "list_task_watchers": Row(SEES_TASK),
    "watch_task": Row(SEES_TASK, 201, body={}),
    "add_watcher": Row(CHANGES_TASK, others={"member": 200}),
    "remove_watcher": Row(CHANGES_TASK, 204, once=True, first=("watch",)),
    "list_task_time_entries": Row(SEES_TASK),
    "create_time_entry": Row(CHANGES_TASK, 201, body=lambda world: world.hour()),
    "start_time_entry": Row(CHANGES_TASK, 201, body={}),
    "get_time_entry": Row(SEES_TASK),
    "replace_time_entry": Row(OWN_TIME, body=lambda world: world.hour()),
    "update_time_entry": Row(OWN_TIME, body={"note": "New"}),
    "delete_time_entry": Row(OWN_TIME, 204, once=True),
    "stop_time_entry": Row(OWN_TIME, once=True, first=("start",)),
    "get_import": Row(ONLY_MEMBER_OR_ADMIN),
    "list_import_errors": Row(ONLY_MEMBER_OR_ADMIN),
    "cancel_import": Row(ONLY_MEMBER_OR_ADMIN, once=True),
    "get_report": Row(ONLY_MEMBER),
    "download_report": Row(ONLY_MEMBER, first=("make_reports",)),
    "cancel_report": Row(ONLY_MEMBER, once=True),
    "delete_report": Row(ONLY_MEMBER, 204, once=True),
    "get_report_schedule": Row(ONLY_MEMBER),
    "replace_report_schedule": Row(ONLY_MEMBER, body={"kind": "insights", "every": "daily"}),
    "update_report_schedule": Row(ONLY_MEMBER, body={"paused": True}),
    "delete_report_schedule": Row(ONLY_MEMBER, 204, once=True),
    "delete_calendar": Row(ONLY_MEMBER, 204, once=True),
    "get_tasks_dead_letter": Row(FOR_ADMINS),
    "discard_tasks_dead_letter": Row(FOR_ADMINS, 204, once=True),
}

# Their addresses name no object; whose rows they show, and whose they change, their own tests say.
WITHOUT_OBJECT = {
    *("list_tasks", "create_task", "get_task_stats", "sync_tasks", "bulk_tasks", "delete_tasks"),
    "preview_recurrence",
    *("list_projects", "create_project", "list_activity", "list_views", "create_view"),
    *("list_tasks_dead_letters", "replay_tasks_dead_letters"),
    *("get_insights", "get_dashboard", "get_quick_dashboard", "create_report", "list_reports"),
    *("create_report_schedule", "list_report_schedules"),
    *("list_labels", "create_label", "list_time_entries", "get_time_totals"),
    *("export_tasks", "import_tasks", "list_imports"),
    *("create_calendar", "list_calendars", "delete_calendars"),
}
# Their addresses are secrets: whoever knows one is answered.
BY_SECRET = {"get_calendar"}
