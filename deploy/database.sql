-- Run once, as the superuser (on a cluster through HAProxy); PGPASSWORD, OWNER_PASSWORD and SERVICE_PASSWORD in the environment:
--   psql postgres://postgres@127.0.0.1:5432/postgres -f deploy/database.sql
-- then `npm run cli -- migrate` with MIGRATION_DATABASE_URL of the first role and DATABASE_URL of the second.
\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD
\set ON_ERROR_STOP on
CREATE ROLE cryptocomply_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE cryptocomply_service LOGIN PASSWORD :'service_password';
CREATE DATABASE cryptocomply OWNER cryptocomply_owner;
REVOKE ALL ON DATABASE cryptocomply FROM PUBLIC;
GRANT CONNECT ON DATABASE cryptocomply TO cryptocomply_service;
\connect cryptocomply
ALTER SCHEMA public OWNER TO cryptocomply_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cryptocomply_service;
