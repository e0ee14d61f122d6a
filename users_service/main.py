"""The API of the users service: `python -m users_service.main`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shared.app import build_app
from shared.bus import Bus
from shared.outgoing import Outgoing
from shared.renewal import open_bus
from shared.renewal_routes import router as renewal
from shared.sealing import Sealer
from shared.serve import serve
from shared.settings import load
from shared.trail import Trail
from users_service.access_tokens import routes as access_tokens
from users_service.aliases import routes as aliases
from users_service.audit import routes as audit
from users_service.audit.service import keep_entries
from users_service.auth import routes as auth
from users_service.auth.passwords import PasswordHasher
from users_service.auth.tokens import TokenIssuer
from users_service.auth.verifier import LocalVerifier
from users_service.invitations import routes as invitations
from users_service.oidc import routes as oidc
from users_service.oidc.attempts import PATH
from users_service.oidc.provider import Provider
from users_service.passwords import routes as passwords
from users_service.sessions import routes as sessions
from users_service.settings import Settings
from users_service.two_factor import routes as two_factor
from users_service.users import routes as users


def create_app(settings: Settings, bus: Bus | None = None) -> FastAPI:
    """The application. Without a bus it makes its own connection to RabbitMQ, for the health check alone."""
    tokens = TokenIssuer(settings)

    @asynccontextmanager
    async def start(app: FastAPI) -> AsyncIterator[None]:
        app.state.tokens, app.state.passwords = tokens, PasswordHasher()
        app.state.sealer = Sealer(tokens.sealing_key)
        app.state.providers = _providers(settings)
        app.state.fingerprint_key = tokens.fingerprint_key
        app.state.trail = Trail(keep_entries(app.state.database))
        app.state.verifier = LocalVerifier(app.state.database, tokens)
        yield
        app.state.passwords.close()

    return build_app(
        "users",
        settings,
        bus or open_bus(settings, "users"),
        [
            *(auth.router, auth.keys, passwords.router, sessions.router, sessions.internal, access_tokens.router),
            *(two_factor.router, two_factor.administration, users.router, users.internal),
            *(invitations.router, audit.router, audit.internal, oidc.router, aliases.router, aliases.administration),
            renewal,
        ],
        start=start,
        owns_bus=bus is None,
        expected_beats=("relay",),
    )


def _providers(settings: Settings) -> dict[str, Provider]:
    outgoing, base = Outgoing(settings.outgoing_allow), settings.public_url.rstrip("/") + PATH
    return {p.name: Provider(p, outgoing, f"{base}/{p.name}/callback") for p in settings.oidc_providers}


if __name__ == "__main__":
    settings = load(Settings)
    serve(settings, "users", lambda: create_app(settings))
