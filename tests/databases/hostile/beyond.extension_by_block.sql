--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'CREATE EXTENSION dblink'; END $$;

--
-- PostgreSQL database dump complete
--
