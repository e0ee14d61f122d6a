"""The database of the tasks service, by subject.

Only migrations and tests import it: at runtime the SQL of each feature stands in its `queries.py`.
"""

from tasks_service.models import activity, common, hanging, jobs, projects, reminders, tasks
from tasks_service.models.base import Model

__all__ = ["Model", "activity", "common", "hanging", "jobs", "projects", "reminders", "tasks"]
