--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'SET SESSION AUTHORIZATION chief'; END $$;

--
-- PostgreSQL database dump complete
--
