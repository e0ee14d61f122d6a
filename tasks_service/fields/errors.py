from shared.errors import NotFound


class FieldNotFound(NotFound):
    code = "field_not_found"
    detail = "The project has no such field."
