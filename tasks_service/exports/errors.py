from shared.errors import Problem


class TooManyExports(Problem):
    status = 429
    code = "too_many_exports"
    detail = "Others are exporting. Please try again in a moment."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})
