from shared.errors import Conflict, Forbidden, NotFound


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
