--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT pg_reload_conf();

--
-- PostgreSQL database dump complete
--
