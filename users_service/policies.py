"""Who may see and change which account."""

from shared.auth import Principal

ADMIN_FIELDS = frozenset({"role", "is_active"})
"""What nobody changes but an administrator, not even on their own account."""


def sees_everything(principal: Principal, user_id: int) -> bool:
    """Whether the whole account is shown, and not its entry in the directory."""
    return principal.is_admin or principal.id == user_id


def may_change(principal: Principal, user_id: int) -> bool:
    return principal.is_admin or principal.id == user_id


def may_administer(principal: Principal) -> bool:
    """Whether `role` and `is_active` may be changed and filtered by, and inactive accounts be seen."""
    return principal.is_admin
