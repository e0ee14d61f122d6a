"""What is too weak to be a secret of a whole system: nothing starts with it."""

from pydantic import SecretStr

SHORTEST = 8  # characters
EXAMPLE_WORDS = """
admin change changeit changeme changethis default demo example guest insecure letmein mysecret notsecret pass passw0rd
password password1 password123 placeholder postgres qwerty rabbitmq replaceme root sample secret secretkey supersecret
taskwire test testing todo user xxxxxxxx yourpassword yoursecret 12345678
"""
FILLING_WORDS = """
1 123 1234 a an and be do for here in is it jwt key long me my not of please production pw pwd random replace set string
strong super the this to token use value very with you your
"""
EXAMPLES = frozenset(EXAMPLE_WORDS.split())
FILLERS = frozenset(FILLING_WORDS.split())
LONGEST_WORD = max(map(len, EXAMPLES | FILLERS))
FEWEST_CHARACTERS = 4  # different ones: a random secret of 8 hexadecimal digits has fewer once in ten thousand


def is_example(secret: str) -> bool:
    """Whether it is one of those that stand in documentation, however long: `change-me`, `your_secret_key_here`,
    `supersecretsupersecret`, `00000000`."""
    plain = "".join(c for c in secret.lower() if c.isalnum())
    is_monotonous = len(plain) >= SHORTEST and len(set(plain)) < FEWEST_CHARACTERS
    return not plain or is_monotonous or _is_made_of_words(plain)


def _is_made_of_words(text: str) -> bool:
    """Whether the text is nothing but words of examples, one after the other."""
    reached = {0}
    for end in range(1, len(text) + 1):
        starts = range(max(0, end - LONGEST_WORD), end)
        if any(start in reached and text[start:end] in EXAMPLES | FILLERS for start in starts):
            reached.add(end)
    return len(text) in reached


def require_good_secret(secret: SecretStr) -> SecretStr:
    """Raises ValueError for a secret that is short or an example."""
    value = secret.get_secret_value()
    if len(value) < SHORTEST or is_example(value):
        raise ValueError(f"must have at least {SHORTEST} characters and be no example")
    return secret
