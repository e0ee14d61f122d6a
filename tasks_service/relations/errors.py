from shared.errors import Conflict


class TooManySubtasks(Conflict):
    code = "too_many_subtasks"
    detail = "More than 1,000 tasks are below this one: move them in parts."
