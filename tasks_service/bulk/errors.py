from shared.errors import Unprocessable


class BulkRefused(Unprocessable):
    code = "bulk_refused"
    detail = "Not all of it can be done, so none of it was: `results` says what and why."
