"""Every way the tasks service says no, beside those of `shared.errors`.

NotFound
└── TaskNotFound            404  it does not exist, is in the trash, or is not yours to see
Forbidden
├── TaskCreationRestricted  403  TASK_CREATION=admins and you are not one
└── TaskDeletionRefused     403  you may edit this task and not delete it
Conflict
└── TaskNotTrashed          409  only what is in the trash can be restored
"""

from shared.errors import Conflict, Forbidden, NotFound


class TaskNotFound(NotFound):
    code = "task_not_found"
    detail = "There is no such task, or you may not see it."


class TaskCreationRestricted(Forbidden):
    code = "task_creation_restricted"
    detail = "On this system only administrators create tasks."


class TaskDeletionRefused(Forbidden):
    code = "task_deletion_refused"
    detail = "Only the task's creator or an administrator may delete it."


class TaskNotTrashed(Conflict):
    code = "task_not_trashed"
    detail = "This task is not in the trash."
