"""What a started system tells the person who started it."""

from __future__ import annotations

import json

from deploy.folder import DataFolder
from deploy.options import Options, say


def announce(options: Options, folder: DataFolder, is_first: bool) -> None:
    """Prints the addresses, and after the very first start the administrator."""
    address = options.public_url
    say("")
    say(f"  Taskwire         {address}")
    say(f"  API explorer     {address}/docs")
    say(f"  health           {address}/health")
    say(f"  data folder      {folder.root}")
    if options.kind == "stack":
        say(
            f"  control          DATA_DIR={folder.root} .venv/bin/taskwire ctl ps (kill, start, restart, logs ... NAME)"
        )
    if is_first and folder.admin.exists():
        admin = json.loads(folder.admin.read_text())
        say(f"  administrator    {admin['username']}")
        say(f"  password         {admin['password']}   (shown once; also in {folder.admin})")
    say("")
    say("Press Ctrl-C to stop.")
