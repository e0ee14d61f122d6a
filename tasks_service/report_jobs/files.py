"""Rows as a file on the disk. Everything here blocks and is called in a thread."""

import csv
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from shared.responses import encode

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What a spreadsheet would run gets a quotation mark in front, and so does what would look as if it had one.
RUNNABLE = re.compile(r"'*[=+@\t\r-]")
PART = 1 << 20  # bytes
ROWS_OF_A_SHEET = 1_048_575  # below the heading

Row = dict[str, Any]


class TooManyRows(Exception):
    """More than the format holds."""


class File(Protocol):
    def add(self, rows: Iterable[Row]) -> None: ...
    def close(self) -> None: ...


class JsonFile:
    """A list of objects."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(b"[")
        self._before = b"\n"

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._file.write(self._before + encode(row))
            self._before = b",\n"

    def close(self) -> None:
        self._file.write(b"\n]\n")
        self._file.close()


class CsvFile:
    """With a heading, taken from the first row; cells that a spreadsheet would run are defused."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self._is_headed = False

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if not self._is_headed:
                self._writer.writerow(row)
                self._is_headed = True
            self._writer.writerow([_safe(cell(value)) for value in row.values()])

    def close(self) -> None:
        self._file.close()


class XlsxFile:
    """One sheet. Text stays text, so there is nothing to run; rows go to the disk as they come."""

    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook

        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = Workbook(str(path), {**plain, "strings_to_numbers": False, "tmpdir": str(path.parent)})
        self._sheet = self._book.add_worksheet("Report")
        self._next = 0

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._next == 0:
                self._write(row)
            if self._next > ROWS_OF_A_SHEET:
                raise TooManyRows
            self._write(row.values())

    def _write(self, values: Iterable[Any]) -> None:
        for column, value in enumerate(values):
            shown = cell(value)
            if isinstance(shown, int | float):
                self._sheet.write_number(self._next, column, shown)
            elif shown:
                self._sheet.write_string(self._next, column, shown)
        self._next += 1

    def close(self) -> None:
        self._book.close()


FILES: dict[str, Callable[[Path], File]] = {
    "json": JsonFile,
    "csv": CsvFile,
    "xlsx": XlsxFile,
}


def size_of(folder: Path) -> int:
    """Of all that is in the folder by now: a sheet is written beside its file until that is closed."""
    return sum(file.stat().st_size for file in folder.iterdir())


def part_of(path: Path, number: int) -> bytes:
    with path.open("rb") as file:
        file.seek(number * PART)
        return file.read(PART)


def cell(value: Any) -> str | int | float:
    """A value of a row as a number or as text: lists separated by commas, objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return value if isinstance(value, str) else encode(value).decode().strip('"')


def _safe(shown: str | int | float) -> str | int | float:
    return f"'{shown}" if isinstance(shown, str) and RUNNABLE.match(shown) else shown
