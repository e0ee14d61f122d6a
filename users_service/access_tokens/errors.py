from shared.errors import Conflict, NotFound


class AccessTokenNotFound(NotFound):
    code = "access_token_not_found"
    detail = "There is no such access token."


class TooManyAccessTokens(Conflict):
    code = "too_many_access_tokens"
    detail = "You have as many access tokens as one may have: revoke one that you do not need."
