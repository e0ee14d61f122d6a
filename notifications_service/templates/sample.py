"""What a template is tried with before it is kept."""

from typing import Any

TASK = {
    "id": 7,
    "key": "WEB-12",
    "title": "Write the plan",
    "status": "todo",
    "priority": "high",
    "due_date": "2031-03-31",
    "due": "31 Mar 2031",
}
DEEDS = {
    "task_assigned": "Ann Lee assigned you “Write the plan”",
    "task_unassigned": "Ann Lee took you off “Write the plan”",
    "task_updated": "Ann Lee changed due date of “Write the plan”",
    "task_completed": "Ann Lee completed “Write the plan”",
    "task_deleted": "Ann Lee deleted “Write the plan”",
    "task_due_soon": "“Write the plan” is due 2031-03-31",
    "task_overdue": "“Write the plan” was due 2031-03-31",
    "comment_added": "Ann Lee commented on “Write the plan”",
    "mentioned": "Ann Lee mentioned you in “Write the plan”",
    "project_added": "Ann Lee added you to the project “Website”",
    "system": "The system will be away on Sunday",
}
ABOUT_A_COMMENT = ("comment_added", "mentioned")
WITHOUT_A_TASK = ("project_added", "system")
PUBLIC_URL = "https://tasks.example.com"


def sample_of(kind: str) -> dict[str, Any]:
    """The values that a mail of this kind is made of, as they are for a real one."""
    items = [_item(name) for name in (("task_assigned", "comment_added") if kind == "digest" else (kind,))]
    return {
        "recipient": {"name": "Bob Ray", "username": "bob"},
        "item": items[0],
        "items": items,
        "task": items[0]["task"],
        "public_url": PUBLIC_URL,
        "unsubscribe_url": f"{PUBLIC_URL}/api/notifications/unsubscribe/example",
    }


def _item(kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "message": DEEDS[kind],
        "when": "21 Nov 2026 10:30",
        "url": f"{PUBLIC_URL}/inbox" if kind in WITHOUT_A_TASK else f"{PUBLIC_URL}/tasks/7",
        "task": None if kind in WITHOUT_A_TASK else TASK,
        "comment": "Three pages are enough.\n@bob?" if kind in ABOUT_A_COMMENT else None,
    }
