"""What is too weak to be a secret of a whole system: nothing starts with it."""

from pydantic import SecretStr

SHORTEST = 8  # characters
EXAMPLE_WORDS = """
admin change changeit changeme changethis default demo example guest insecure letmein mysecret notsecret pass passw0rd
password password1 password123 placeholder postgres qwerty rabbitmq replaceme root sample secret secretkey supersecret
taskwire test testing todo user xxxxxxxx yourpassword yoursecret 12345678
"""
EXAMPLES = frozenset(EXAMPLE_WORDS.split())


def is_example(secret: str) -> bool:
    """Whether it is one of those that stand in documentation: `change-me`, `your_secret` and the like."""
    plain = "".join(c for c in secret.lower() if c.isalnum())
    return plain in EXAMPLES or not plain


def require_good_secret(secret: SecretStr) -> SecretStr:
    """Raises ValueError for a secret that is short or an example."""
    value = secret.get_secret_value()
    if len(value) < SHORTEST or is_example(value):
        raise ValueError(f"must have at least {SHORTEST} characters and be no example")
    return secret
