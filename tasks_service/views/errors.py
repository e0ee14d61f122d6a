from shared.errors import Conflict, Forbidden, NotFound


class ViewNotFound(NotFound):
    code = "view_not_found"
    detail = "There is no such view, or it is not shared with you."


class ViewChangeRefused(Forbidden):
    code = "view_change_refused"
    detail = "Only whoever made a view changes it; when it is shared, those who maintain its project may as well."


class TooManyViews(Conflict):
    code = "too_many_views"
    detail = "You saved as many views as one may. Delete some first."
