from shared.errors import NotFound


class NotificationNotFound(NotFound):
    code = "notification_not_found"
    detail = "There is no such notification, or it is not yours."
