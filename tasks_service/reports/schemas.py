"""What goes in and comes out of the reports' operations."""

from pydantic import BaseModel, ConfigDict

from tasks_service.tasks.schemas import Priority, Status


class Insights(BaseModel):
    """Numbers over all that the caller sees. `pending` are those with the status `todo`; people by username; due soon
    are open tasks whose due date comes within `DUE_SOON_HOURS`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 3,
                    "completed": 1,
                    "pending": 2,
                    "tasks_by_priority": {"low": 0, "medium": 2, "high": 1, "urgent": 0},
                    "tasks_by_status": {"todo": 2, "in_progress": 0, "completed": 1, "archived": 0},
                    "tasks_assigned": {"ann": 2},
                    "tasks_created": {"ann": 1, "bob": 2},
                    "tasks_due_soon": 1,
                }
            ]
        }
    )

    total: int
    completed: int
    pending: int
    tasks_by_priority: dict[Priority, int]
    tasks_by_status: dict[Status, int]
    tasks_assigned: dict[str, int]
    tasks_created: dict[str, int]
    tasks_due_soon: int
