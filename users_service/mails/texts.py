"""What the mails of the users service say, as text and as HTML."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

PAGE = """<!doctype html><html lang="en"><body style="font-family:sans-serif;line-height:1.5">{}</body></html>"""


@dataclass(slots=True, frozen=True)
class Written:
    subject: str
    text: str
    html: str


def reset(name: str, link: str) -> Written:
    return _write(
        "Reset your Taskwire password",
        [f"Hello {name},", "somebody asked for a new password for your account. Choose one here:"],
        link,
        ["The link is good once, for 30 minutes. If it was not you, do nothing: your password stays as it is."],
    )


def confirm_email(name: str, link: str) -> Written:
    return _write(
        "Confirm your new e-mail address",
        [f"Hello {name},", "use this link to make this the e-mail address of your Taskwire account:"],
        link,
        ["The link is good once, for a day. If you know nothing of it, do nothing."],
    )


def email_changing(name: str, new: str) -> Written:
    return _write(
        "Your e-mail address is about to change",
        [
            f"Hello {name},",
            f"the e-mail address of your Taskwire account will be {new} once the link that was sent there is used.",
            "If that was not you, change your password now and set the address back in your profile.",
        ],
    )


def email_changed(name: str, new: str) -> Written:
    return _write(
        "Your e-mail address was changed",
        [
            f"Hello {name},",
            f"the e-mail address of your Taskwire account is {new} now. This is the last mail to the old one.",
            "If you know nothing of it, tell an administrator.",
        ],
    )


def password_changed(name: str, at: datetime, zone: str) -> Written:
    when = f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    return _write(
        "Your password was changed",
        [
            f"Hello {name},",
            f"the password of your Taskwire account was changed on {when}. Other devices were signed out.",
            "If that was not you, ask for a new password on the sign-in page, or tell an administrator.",
        ],
    )


def invitation(host: str, link: str) -> Written:
    return _write(
        "You are invited to Taskwire",
        ["Hello,", f"{host} invites you to Taskwire. Make your account here:"],
        link,
        ["The link is good once, for seven days, and for this e-mail address."],
    )


def _write(subject: str, before: list[str], link: str = "", after: list[str] | None = None) -> Written:
    """Paragraphs around a link that stands on a line of its own."""
    lines = [*before, *([link] if link else []), *(after or [])]
    anchor = f'<p><a href="{escape(link)}">{escape(link)}</a></p>'
    html = "".join(anchor if link and line == link else f"<p>{escape(line)}</p>" for line in lines)
    return Written(subject, "\n\n".join(lines) + "\n", PAGE.format(html))
