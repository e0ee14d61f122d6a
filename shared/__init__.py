"""What every service needs and no service owns. Imports nothing of the services."""
