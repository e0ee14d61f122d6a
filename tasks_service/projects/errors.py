from shared.errors import Conflict


class ProjectNotTrashed(Conflict):
    code = "project_not_trashed"
    detail = "This project is not in the trash."


class ProjectMoving(Conflict):
    code = "project_moving"
    detail = "Tasks of this project are still on their way to the trash or back. Try again in a moment."


class ProjectKeyTaken(Conflict):
    code = "project_key_taken"
    detail = "Another project has this key, perhaps one in the trash. Choose another one."


class ProjectKeyInUse(Conflict):
    code = "project_key_in_use"
    detail = "The keys of tasks begin with the project's key, so it stays once there was a task."


class TransitionNotAllowed(Conflict):
    code = "transition_not_allowed"
    detail = "The project's workflow does not let you move a task from its status to that one."


class TooManyDefinitions(Conflict):
    code = "too_many_definitions"
    detail = "The project has as many of these as it can keep."
