"""What the routes of this service declare beside the aliases of `shared.dependencies`."""

from typing import Annotated

from shared.database import Database
from shared.dependencies import from_app
from shared.sealing import Sealer
from users_service.auth.passwords import PasswordHasher
from users_service.auth.tokens import TokenIssuer
from users_service.oidc.provider import Provider

DatabaseDep = Annotated[Database, from_app("database")]
PasswordsDep = Annotated[PasswordHasher, from_app("passwords")]
ProvidersDep = Annotated[dict[str, Provider], from_app("providers")]
SealerDep = Annotated[Sealer, from_app("sealer")]
TokensDep = Annotated[TokenIssuer, from_app("tokens")]
