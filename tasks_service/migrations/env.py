from shared import migration_env
from tasks_service.models import Model

migration_env.run(Model.metadata)
