"""Frames as they look, for the documents."""

from typing import Any

CURSOR = "5f0c9a1d2e3b-1042"
TASK: dict[str, Any] = {
    "id": 7,
    "key": "WEB-12",
    "project_id": 3,
    "parent_id": None,
    "title": "Write the plan",
    "description": "",
    "status": "in_progress",
    "priority": "high",
    "due_date": "2026-12-01",
    "assignee_ids": [5],
    "assigned_user": 5,
    "created_by": 1,
    "labels": ["docs"],
    "estimate_minutes": None,
    "position": "V",
    "recurrence": None,
    "custom_fields": {},
    "blocked_by": [],
    "subtasks": {"total": 0, "completed": 0},
    "client_id": None,
    "completed_at": None,
    "created_at": "2026-11-20T09:30:00Z",
    "updated_at": "2026-11-21T08:00:00Z",
    "version": 4,
}
ABOUT: dict[str, Any] = {
    "event_id": "01936f2e-7b6c-7d3e-a1b2-c3d4e5f60718",
    "actor_id": 1,
    "occurred_at": "2026-11-21T08:00:00Z",
}
ASSIGNED: dict[str, Any] = {"assignee_ids": {"from": [], "to": [5]}}
COMMENT: dict[str, Any] = {
    "id": 11,
    "task_id": 7,
    "author_id": 1,
    "body": "Done by Friday?",
    "reactions": {},
    "created_at": "2026-11-21T08:00:00Z",
    "updated_at": "2026-11-21T08:00:00Z",
    "version": 1,
}
PROJECT: dict[str, Any] = {
    "id": 3,
    "key": "WEB",
    "name": "Website",
    "description": "",
    "archived": False,
    "created_at": "2026-11-01T10:00:00Z",
    "version": 2,
}

TASK_UPDATE: dict[str, Any] = {
    "type": "task_update",
    "action": "task_updated",
    "task": TASK,
    "changes": ASSIGNED,
    **ABOUT,
    "cursor": CURSOR,
}
COMMENT_ADDED: dict[str, Any] = {
    "type": "task_update",
    "action": "comment_added",
    "task": TASK,
    "comment": COMMENT,
    "changes": {},
    **ABOUT,
    "cursor": CURSOR,
}
MEMBER_ADDED: dict[str, Any] = {
    "type": "project_update",
    "action": "project_member_added",
    "project": PROJECT,
    "member": {"user_id": 5, "role": "member"},
    "changes": {},
    **ABOUT,
    "cursor": CURSOR,
}
NOTIFICATION: dict[str, Any] = {
    "type": "notification",
    "action": "notification_created",
    "notification": {
        "id": 42,
        "kind": "task_assigned",
        "message": "Ann Lee assigned you “Write the plan”",
        "task_id": 7,
        "project_id": 3,
        "actor_id": 1,
        "event_id": ABOUT["event_id"],
        "is_read": False,
        "created_at": "2026-11-21T08:00:00.125000Z",
    },
}
HOOK: dict[str, Any] = {
    "type": "task.updated",
    "timestamp": ABOUT["occurred_at"],
    "data": {"task": TASK, "changes": ASSIGNED, "event_id": ABOUT["event_id"], "actor_id": 1},
}
