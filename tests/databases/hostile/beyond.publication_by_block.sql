--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'CREATE PUBLICATION evil FOR ALL TABLES'; END $$;

--
-- PostgreSQL database dump complete
--
