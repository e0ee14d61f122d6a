"""The verifier of the service that knows: the token's own claims first, then one look at session and account."""

from starlette.requests import HTTPConnection

from shared import access_tokens
from shared.auth import Principal, read_token
from shared.database import Database
from shared.errors import Unauthenticated
from users_service.access_tokens.service import find_principal as find_token_principal
from users_service.auth.tokens import TokenIssuer
from users_service.sessions.service import find_principal


class LocalVerifier:
    """Never answers from memory: here a session that has ended is refused at once."""

    def __init__(self, database: Database, tokens: TokenIssuer) -> None:
        self._database, self._tokens = database, tokens

    async def verify(self, connection: HTTPConnection) -> Principal:
        token, session = read_token(connection), self._database.session()
        if access_tokens.is_one(token):
            principal = await find_token_principal(session, token)
        else:
            user_id, session_id = self._tokens.read_access_token(token)
            principal = await find_principal(session, session_id, user_id)
        if principal is None:
            raise Unauthenticated
        return principal
