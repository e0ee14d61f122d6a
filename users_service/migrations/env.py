from shared import migration_env
from users_service.models import Model

migration_env.run(Model.metadata)
