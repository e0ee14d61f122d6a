from shared.errors import Conflict, Forbidden, NotFound


class LabelNotFound(NotFound):
    code = "label_not_found"
    detail = "There is no such label, or you may not see it."


class LabelChangeRefused(Forbidden):
    code = "label_change_refused"
    detail = "You may read this project and not change its labels."


class LabelTaken(Conflict):
    code = "label_taken"
    detail = "There is a label of this name in the same place. Merging makes one of two."


class LabelTooCommon(Conflict):
    code = "label_too_common"
    detail = "More tasks have this label than can be changed at once."
