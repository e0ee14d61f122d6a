from notifications_service.models import Model
from shared import migration_env

migration_env.run(Model.metadata)
