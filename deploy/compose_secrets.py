"""The secrets of `docker compose up`: files in secrets/, and the few values of .env that are not secret."""

from __future__ import annotations

import secrets
from pathlib import Path

from deploy.errors import StartError
from deploy.folder import new_signing_key
from deploy.options import SERVICES

USER = "taskwire"


def write_environment(folder: Path) -> None:
    """Writes .env and secrets/ into `folder`. Raises StartError instead of overwriting either."""
    environment, files = folder / ".env", folder / "secrets"
    for path in (environment, files):
        if path.exists():
            raise StartError(f"{path} exists already and was left alone: remove it first if its data may be lost")
    files.mkdir(mode=0o700)
    values = secret_files()
    for name, text in values.items():
        # the containers' users are not yours: the folder keeps other people of this machine out
        (files / name).write_text(text + "\n")
        (files / name).chmod(0o444)
    environment.touch(mode=0o600)
    environment.write_text(
        f"# Written by `taskwire secrets`.\nSECRETS=./{files.name}\nADMIN_USERNAME=admin\nPORT=8000\n"
    )


def secret_files() -> dict[str, str]:
    """Every secret by file name; addresses with a password in them are secrets too."""
    broker = secrets.token_hex(24)
    values = {
        "signing-key.pem": new_signing_key(),
        "secrets-key": secrets.token_hex(32),
        "admin-password": secrets.token_urlsafe(18),
        "smtp-password": "",  # yours, when SMTP_USERNAME is set
        "postgres-superuser": secrets.token_hex(24),
        "rabbitmq.conf": f"default_user = {USER}\ndefault_pass = {broker}\n",
        "amqp-url": f"amqp://{USER}:{broker}@rabbitmq:5672/",
    }
    for service in SERVICES:
        password = secrets.token_hex(24)
        values[f"postgres-{service}"] = password
        values[f"database-url-{service}"] = f"postgresql://{service}:{password}@postgres-{service}:5432/{service}"
    return values
