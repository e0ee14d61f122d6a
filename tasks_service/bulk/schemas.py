"""What goes in and comes out of the bulk operations."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from shared.alternatives import absent, either, given, valued, when
from shared.errors import FieldError
from shared.findings import pointers
from shared.text import Flag
from tasks_service.tasks.inputs import BodyId, unique
from tasks_service.tasks.list_schemas import Conditions, Filter
from tasks_service.tasks.schemas import TaskCreate, TaskUpdate

MAX_TASKS = 1000
MOVING = {"project_id", "status", "status_id"}
ONE_THING = when(
    given("create"),
    absent("ids", "filter", "action", "set"),
    {
        **given("action"),
        "allOf": [
            either("ids", "filter"),
            when(valued("action", "update", "move"), given("set"), absent("set")),
            when(valued("action", "move"), {"properties": {"set": {"propertyNames": {"enum": sorted(MOVING)}}}}),
        ],
    },
)

Action = Literal["update", "move", "delete", "restore"]
Ids = Annotated[list[BodyId], Field(min_length=1, max_length=MAX_TASKS), AfterValidator(unique)]


@dataclass(slots=True, frozen=True)
class Malformed:
    """A part of the request that is no task, where each stands for itself."""

    errors: list[FieldError]


def _by_itself(value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Refuses the whole request for one wrong part only when it is all or none."""
    try:
        return validate(value)
    except ValidationError as error:
        if info.data.get("atomic", True):
            raise
        found = error.errors(include_url=False, include_input=False)
        return Malformed(pointers({**one, "loc": ("create", *one["loc"])} for one in found))


Made = Annotated[TaskCreate, WrapValidator(_by_itself)]


class BulkRequest(BaseModel):
    """Either `create`, or an `action` on the tasks that `ids` or `filter` name. `filter` is the filter language, or an
    object of filters named as the parameters of `GET /api/tasks` are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"ids": [1, 2, 3], "action": "update", "set": {"priority": "high"}},
                {"filter": "status=completed and updated<today-30d", "action": "delete", "dry_run": True},
                {"create": [{"title": "One"}, {"title": "Two"}], "atomic": False},
            ],
            **ONE_THING,
        },
    )

    ids: Ids | None = None
    filter: Filter | Conditions | None = None
    action: Action | None = None
    set: TaskUpdate | None = None
    atomic: Annotated[Flag, Field(description="All or none; otherwise each for itself")] = True
    create: Annotated[list[Made] | None, Field(min_length=1, max_length=MAX_TASKS)] = None
    dry_run: Annotated[Flag, Field(description="Change nothing and say what would be")] = False

    @model_validator(mode="after")
    def one_thing(self) -> "BulkRequest":
        named = [name for name in ("ids", "filter", "create") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError("give one of ids, filter and create")
        if (self.create is None) != (self.action is not None):
            raise ValueError("ids and filter need an action, create has none")
        if (self.action in ("update", "move")) != (self.set is not None):
            raise ValueError("update and move need set, and nothing else takes it")
        if self.action == "move" and self.set and not self.set.model_fields_set <= MOVING:
            raise ValueError(f"move sets only {', '.join(sorted(MOVING))}")
        return self


class ItemError(BaseModel):
    """Why not: as in a problem document."""

    code: str
    detail: str
    errors: list[dict[str, str]] | None = None


class ItemResult(BaseModel):
    """`status` is what the same by itself would have been answered; `id` is null for a task that was not made."""

    id: int | None
    status: int
    error: ItemError | None = None


class BulkResult(BaseModel):
    """`results` stand in the order of `ids` or `create`, those of a filter by id. `matched` are the tasks that were
    found, `changed` those that were changed, or would have been with `dry_run`."""

    results: list[ItemResult]
    matched: int
    changed: int


class DeleteAllQuery(Conditions):
    """The filters of `GET /api/tasks`, and the word that it is meant."""

    filter: Filter | None = None
    confirm: Annotated[bool, Field(description="Must be true")] = False


class DeletedAll(BaseModel):
    """`has_more` when there were more than one request takes: send it again."""

    changed: int
    has_more: bool


Result = dict[str, Any]
