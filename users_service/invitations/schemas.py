"""Bodies and answers of invitations."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from users_service.users.fields import Email
from users_service.users.schemas import Role


class InvitationCreate(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "anna@example.com"}]})

    email: Email
    role: Role = "user"


class InvitationRead(BaseModel):
    """`accepted_by` is the account that was made of it."""

    id: UUID
    email: str
    role: Role
    invited_by: int
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: int | None
