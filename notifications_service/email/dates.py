"""Dates and times as people write them where they live. The words of mails are English, so months are too; elsewhere
the common form in digits, and ISO 8601 where we do not know it."""

from datetime import date, datetime

ENGLISH, ISO = "{day} {month} {year}", "{year}-{mm}-{dd}"
FORMS = {
    "en": ENGLISH,
    "en-us": "{month} {day}, {year}",
    "de": "{dd}.{mm}.{year}",
    "cs": "{day}. {m}. {year}",
    "da": "{dd}.{mm}.{year}",
    "el": "{dd}/{mm}/{year}",
    "es": "{dd}/{mm}/{year}",
    "fi": "{day}.{m}.{year}",
    "fr": "{dd}/{mm}/{year}",
    "it": "{dd}/{mm}/{year}",
    "nb": "{dd}.{mm}.{year}",
    "nl": "{dd}-{mm}-{year}",
    "pl": "{dd}.{mm}.{year}",
    "pt": "{dd}/{mm}/{year}",
    "ro": "{dd}.{mm}.{year}",
    "ru": "{dd}.{mm}.{year}",
    "tr": "{dd}.{mm}.{year}",
    "uk": "{dd}.{mm}.{year}",
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def show_date(value: date, locale: str) -> str:
    """`21 Nov 2026`, `Nov 21, 2026`, `21.11.2026`, `2026-11-21`."""
    name = locale.lower().replace("_", "-")
    form = FORMS.get(name) or FORMS.get(name.partition("-")[0], ISO)
    parts = {"day": value.day, "m": value.month, "dd": f"{value.day:02}", "mm": f"{value.month:02}"}
    return form.format(month=MONTHS[value.month - 1], year=f"{value.year:04}", **parts)


def show_time(value: datetime, locale: str) -> str:
    """The date, then the time of the clock; `value` stands in the zone that it is shown in."""
    american = locale.lower().replace("_", "-") == "en-us"
    clock = f"{value.hour % 12 or 12}:{value.minute:02} {'AM' if value.hour < 12 else 'PM'}"
    return f"{show_date(value, locale)} {clock if american else f'{value:%H:%M}'}"
