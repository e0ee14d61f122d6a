"""Every way a service says no.

Problem                         answered as application/problem+json (RFC 9457)
├── Unauthenticated        401  no token, or one that is not (or no longer) good
├── Forbidden              403  you see it but may not do this
│   └── InsufficientScope  403  the personal access token was not made for this
├── NotFound               404  it does not exist, or not for you
├── Conflict               409  it clashes with what is there
├── PreconditionFailed     412  If-Match names an older version
├── UnsupportedMediaType   415  the body is not JSON
├── Unprocessable          422  the request is understood and wrong; `errors` says where
└── Unavailable            503  something this service needs is away; try again after `Retry-After`

The services derive their own from these in their `errors.py`, each with a stable `code`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar


@dataclass(slots=True, frozen=True)
class FieldError:
    """One thing wrong with the input; `pointer` is a JSON Pointer into the body, or `/name` of a parameter."""

    pointer: str
    message: str


class Problem(Exception):
    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    detail: ClassVar[str] = "Something went wrong on our side. The request id finds it in the logs."
    is_refusal: ClassVar[bool] = False
    """Whether somebody was refused for want of identity or right, which the audit trail hears of."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or self.detail)
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self, instance: str, request_id: str) -> dict[str, Any]:
        """The members of the problem document; `extra` members come last."""
        return {**problem(self.status, self.code, str(self), instance, request_id, self.errors), **self.extra}


def problem(
    status: int, code: str, detail: str, instance: str, request_id: str, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:taskwire:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "request_id": request_id,
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        body["errors"] = [{"pointer": e.pointer, "message": e.message} for e in errors]
    return body


class Unauthenticated(Problem):
    status = 401
    is_refusal = True
    code = "unauthenticated"
    detail = "A valid access token is needed: send it as `Authorization: Bearer <token>`."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="taskwire"'})


class Forbidden(Problem):
    status = 403
    is_refusal = True
    code = "forbidden"
    detail = "You may see this but not do that with it."


class InsufficientScope(Forbidden):
    """`needed` are the scopes that would do; None when no personal access token does."""

    code = "insufficient_scope"
    detail = "Personal access tokens are not taken here: sign in."

    def __init__(self, needed: Sequence[str] | None) -> None:
        challenge = 'Bearer realm="taskwire", error="insufficient_scope"'
        if needed is None:
            super().__init__(headers={"WWW-Authenticate": challenge})
            return
        scope = " ".join(needed)
        challenge += f', scope="{scope}"'
        super().__init__(
            f"This access token lacks a scope: needed is {scope}.", headers={"WWW-Authenticate": challenge}
        )


class NotFound(Problem):
    status = 404
    code = "not_found"
    detail = "There is nothing here."


class Conflict(Problem):
    status = 409
    code = "conflict"
    detail = "This clashes with what is there already."


class PreconditionFailed(Problem):
    status = 412
    code = "version_conflict"
    detail = "Somebody changed it since you read it: read it again, then send your change with the new ETag."

    def __init__(self, version: int) -> None:
        super().__init__(version=version, headers={"ETag": f'"{version}"'})


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    detail = "Send the body as application/json."


class Unprocessable(Problem):
    status = 422
    code = "validation_failed"
    detail = "The request is not valid: `errors` says what and where."

    @classmethod
    def at(cls, pointer: str, message: str) -> "Unprocessable":
        return cls(errors=[FieldError(pointer, message)])


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    detail = "Something this service needs is away for the moment. Please try again."

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})
