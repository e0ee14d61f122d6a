from shared.errors import Conflict


class TemplateReplaced(Conflict):
    code = "template_replaced"
    detail = "The words for this kind are replaced already: change them with PUT or PATCH."
