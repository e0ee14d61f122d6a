from shared.errors import Problem


class TooManyGuesses(Problem):
    status = 429
    is_refusal = True
    code = "too_many_guesses"
    detail = "Too many wrong attempts. Try again after the time in Retry-After, or ask for a new password."

    def __init__(self, user_id: int | None = None, *, retry_after: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after)})
        self.user_id = user_id
