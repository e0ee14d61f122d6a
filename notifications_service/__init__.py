"""The notifications service: see main.py for the API and worker.py for what runs behind it."""
