from shared.errors import Conflict


class TaskNotTrashed(Conflict):
    code = "task_not_trashed"
    detail = "This task is not in the trash."
