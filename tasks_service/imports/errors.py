from shared.errors import Conflict, NotFound, Problem


class ImportTooLarge(Problem):
    status = 413
    code = "payload_too_large"
    detail = "The file is larger than this system takes (MAX_IMPORT_MB)."


class ImportNotFound(NotFound):
    code = "import_not_found"
    detail = "There is no such import, or it is not yours."


class ImportEnded(Conflict):
    code = "import_ended"
    detail = "The import has ended: there is nothing to stop."
