"""What the tasks service is told, beside what all services are."""

from typing import Literal

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    task_creation: Literal["everyone", "admins"] = "everyone"
    trash_retention_days: int = Field(default=30, ge=1)
    due_soon_hours: int = Field(default=24, ge=1, le=24 * 365)
