"""Avatars without pictures."""

from __future__ import annotations

import pytest

from tests.apps import ServiceApp
from tests.users_service.people import Person, sign_up
from users_service.users.avatars import COLORS, avatar_of


def luminance(color: str) -> float:
    """WCAG 2: relative luminance."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestAvatar:
    @pytest.mark.parametrize(
        ("name", "initials"),
        [
            ("Anna Maria Berg", "AB"),
            ("anna", "A"),
            ("", "U"),
            ("Ünal", "Ü"),
            ("(test) x", "X"),
            ("- -", "?"),
            ("王伟", "王"),
        ],
    )
    def test_initials(self, name: str, initials: str) -> None:
        assert avatar_of({"id": 1, "full_name": name, "username": "user"})["initials"] == initials

    @pytest.mark.parametrize("color", COLORS)
    def test_white_letters_are_readable_on_each_colour(self, color: str) -> None:
        assert 1.05 / (luminance(color) + 0.05) >= 4.5

    async def test_stays_the_same(self, users_app: ServiceApp, person: Person) -> None:
        stranger = await sign_up(users_app)
        seen = {
            str((await reader.get(f"/api/users/{person.id}")).json()["avatar"])
            for reader in (person, stranger, stranger)
        }
        assert len(seen) == 1
        found = (await stranger.get("/api/users", params={"q": person.username})).json()["items"]
        assert str(found[0]["avatar"]) in seen
