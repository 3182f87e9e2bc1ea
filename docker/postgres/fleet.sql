-- Sets up a new server for silos and workers: a database and a role for each, with only the rights that they need.
-- psql runs it as the server's superuser; the passwords come from the files that silos and workers read too.
\set ON_ERROR_STOP on
\set silo_password `cut -d : -f 5 /run/secrets/silo.pgpass`
\set worker_password `cut -d : -f 5 /run/secrets/worker.pgpass`
SELECT length(:'silo_password') < 16 OR length(:'worker_password') < 16 AS is_weak \gset
\if :is_weak
  DO $$ BEGIN RAISE EXCEPTION 'silo.pgpass or worker.pgpass has no password of 16 characters or more: make them with docker/secrets.sh'; END $$;
\endif

CREATE ROLE taskercore_silo LOGIN PASSWORD :'silo_password';
CREATE ROLE taskercore_worker LOGIN PASSWORD :'worker_password';
CREATE DATABASE taskercore;
CREATE DATABASE queues;
REVOKE ALL ON DATABASE postgres, template1, taskercore, queues FROM PUBLIC;
GRANT CONNECT ON DATABASE taskercore TO taskercore_silo;
GRANT CONNECT ON DATABASE queues TO taskercore_worker;

-- Silos create and migrate their tables: they own the schema and nothing else.
\connect taskercore
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA taskercore AUTHORIZATION taskercore_silo;

-- A worker sends, reads and archives; it does not create queues.
\connect queues
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION pgmq;
SELECT pgmq.create('orders');
GRANT USAGE ON SCHEMA pgmq TO taskercore_worker;
GRANT SELECT ON pgmq.meta TO taskercore_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON pgmq.q_orders TO taskercore_worker;
GRANT SELECT, INSERT ON pgmq.a_orders TO taskercore_worker;
GRANT SELECT ON SEQUENCE pgmq.q_orders_msg_id_seq TO taskercore_worker;
