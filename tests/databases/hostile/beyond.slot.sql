--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT pg_create_physical_replication_slot('evil');

--
-- PostgreSQL database dump complete
--
