#!/bin/sh
# Run once by the PostgreSQL image when its volume is new: the role and database of one service, which is no superuser.
set -eu
password=$(cat "/run/secrets/postgres-$SERVICE")
psql --quiet --set ON_ERROR_STOP=1 --username postgres --set service="$SERVICE" --set password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
