--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT pg_read_file('/etc/passwd');

--
-- PostgreSQL database dump complete
--
