"""Every way the tasks service says no, beside those of `shared.errors`.

NotFound
└── TaskNotFound            404  it does not exist, is in the trash, or is not yours to see
Forbidden
├── TaskCreationRestricted  403  TASK_CREATION=admins and you are not one
├── TaskDeletionRefused     403  you may edit this task and not delete it
├── CommentingRefused       403  you may read this task and not write on it
└── CommentChangeRefused    403  it is not yours
Conflict
├── TooManyReactions        409  a comment has room for so many
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


class CommentNotFound(NotFound):
    code = "comment_not_found"
    detail = "There is no such comment, or you may not see it."


class CommentingRefused(Forbidden):
    code = "commenting_refused"
    detail = "You may read this task and not write on it."


class CommentChangeRefused(Forbidden):
    code = "comment_change_refused"
    detail = "Only its author changes a comment; those who may delete the task may delete it as well."


class TooManyReactions(Conflict):
    code = "too_many_reactions"
    detail = "This comment has as many reactions as it can keep."
