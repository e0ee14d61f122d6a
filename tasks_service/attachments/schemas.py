"""What goes in and comes out of the attachments' operations."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.pagination import PageQuery
from shared.text import ID_MAX

BINARY = {"type": "string", "format": "binary"}
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A form with the field `file`, or the bytes themselves with `Content-Disposition: attachment; "
        'filename="..."`.',
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": BINARY},
                    "additionalProperties": False,
                },
                "example": {"file": "The plan, in three pages."},
            },
            "application/octet-stream": {"schema": BINARY, "example": "The plan, in three pages."},
        },
    },
}
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
TOO_LARGE: dict[int | str, dict[str, Any]] = {413: {"description": "Too large, or no room left", "content": PROBLEM}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, of its own type if that cannot be run",
        "content": {"application/octet-stream": {"schema": BINARY}, "*/*": {"schema": BINARY}},
    },
    206: {"description": "The part of it that `Range` names"},
    302: {"description": "Where it is, when files are kept in a bucket"},
}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The image", "content": {"image/*": {"schema": BINARY}}},
    206: {"description": "The part of it that `Range` names"},
    302: {"description": "Where it is, when files are kept in a bucket"},
}


class AttachmentRead(BaseModel):
    """A file on a task: `content_type` is told from its content, `size` is in bytes, `sha256` in hex."""

    id: int
    task_id: int
    filename: str
    content_type: str
    size: int
    sha256: str
    created_by: int
    created_at: datetime


class AttachmentQuery(PageQuery):
    sort: Annotated[Literal["created_at", "-created_at"], Field(description="Oldest or newest first")] = "created_at"
    created_by: Annotated[int, Field(ge=1, le=ID_MAX)] | None = None


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6 else value


class PreviewQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    size: Annotated[
        Literal[64, 128, 256, 512, 1024] | None,
        BeforeValidator(_number),
        Field(description="Pixels of the longer side; without it the image as it is"),
    ] = None
