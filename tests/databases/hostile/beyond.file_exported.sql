--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT lo_from_bytea(77, 'x'), lo_export(77, '/tmp/was-here');

--
-- PostgreSQL database dump complete
--
