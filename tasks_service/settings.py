"""What the tasks service is told, beside what all services are."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    task_creation: Literal["everyone", "admins"] = "everyone"
    trash_retention_days: int = Field(default=30, ge=1)
    due_soon_hours: int = Field(default=24, ge=1, le=24 * 365)
    reminder_hour: int = Field(default=10, ge=0, le=23, description="Of the day, where each person lives")
    attachments_url: str = Field(
        default_factory=lambda: (Path("data") / "attachments").absolute().as_uri(), pattern=r"^(file:///.|s3://.)"
    )
    max_attachment_mb: int = Field(default=25, ge=1, le=5000)
    max_import_mb: int = Field(default=32, ge=1, le=1000)
    user_quota_mb: int = Field(default=1024, ge=1)
    project_quota_mb: int = Field(default=10_240, ge=1)
    aws_access_key_id: str | None = None
    aws_secret_access_key: SecretStr | None = None
    aws_region: str | None = None
    aws_endpoint_url: str | None = Field(default=None, pattern=r"^https?://")

    @property
    def max_attachment_bytes(self) -> int:
        return self.max_attachment_mb << 20

    @property
    def quotas(self) -> tuple[int, int]:
        """Bytes of a person and of a project."""
        return self.user_quota_mb << 20, self.project_quota_mb << 20
