"""What a started system tells the person who started it."""

from __future__ import annotations

import json
import shlex

from deploy.folder import DataFolder
from deploy.options import Options, say


def announce(options: Options, folder: DataFolder) -> None:
    """Prints the addresses, and the first time that a start gets this far the administrator."""
    address = options.public_url
    say("")
    say(f"  web console      {address}")
    say(f"  API explorer     {address}/docs")
    say(f"  live updates     {address}/docs/live")
    say(f"  health           {address}/health")
    say(f"  data folder      {folder.root}")
    if options.kind == "stack":
        command = f"DATA_DIR={shlex.quote(str(folder.root))} .venv/bin/taskwire ctl ps"
        say(f"  control          {command} (kill, start, restart, logs ... NAME)")
    if folder.admin.exists() and not folder.announced.exists():
        admin = json.loads(folder.admin.read_text())
        say(f"  administrator    {admin['username']}")
        say(f"  password         {admin['password']}   (shown once; also in {folder.admin})")
        folder.announced.touch()
    say("")
    say("Press Ctrl-C to stop.")
