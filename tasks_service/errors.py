"""How the tasks service says no in several places. What one feature says alone is in its `errors.py`."""

from shared.errors import Conflict, Forbidden, NotFound, Problem


class TaskNotFound(NotFound):
    code = "task_not_found"
    detail = "There is no such task, or you may not see it."


class ProjectNotFound(NotFound):
    code = "project_not_found"
    detail = "There is no such project, or you may not see it."


class TaskCreationRestricted(Forbidden):
    code = "task_creation_restricted"
    detail = "On this system only administrators create tasks."


class TaskChangeRefused(Forbidden):
    code = "task_change_refused"
    detail = "You may read this task and not change it."


class TaskDeletionRefused(Forbidden):
    code = "task_deletion_refused"
    detail = "Only the task's creator, the owners and maintainers of its project and administrators may delete it."


class TaskMoveRefused(Forbidden):
    code = "task_move_refused"
    detail = "Only the task's creator, the members of its project and administrators may take it out of the project."


class ProjectPlaceRefused(Forbidden):
    code = "project_place_refused"
    detail = "You may read this project and put no tasks into it."


class ProjectChangeRefused(Forbidden):
    code = "project_change_refused"
    detail = "Only the project's owners and maintainers and administrators may do this."


class ProjectTrashed(Conflict):
    code = "project_trashed"
    detail = "The project of this task is in the trash: restore the project."


class ProjectArchived(Conflict):
    code = "project_archived"
    detail = "The project is archived, so its tasks cannot be changed: first set `archived` to false."


class NameTaken(Conflict):
    code = "name_taken"
    detail = "The project has another one of this name."


class TooManyTasks(Conflict):
    code = "too_many_tasks"
    detail = "The project has too many tasks for that."


class ClientIdInTrash(Conflict):
    code = "client_id_in_trash"
    detail = "The task that you made with this client_id is in the trash: restore it, or take another client_id."


class UploadCut(Problem):
    status = 408
    code = "upload_cut"
    detail = "The file did not arrive wholly, or not in time. Nothing of it was kept."
