from shared.errors import Problem


class SyncTokenExpired(Problem):
    status = 410
    code = "sync_token_expired"
    detail = "What changed since this token is not known any more. Begin again without a token."
