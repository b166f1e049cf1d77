--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
COPY public.t FROM PROGRAM 'touch /tmp/was-here; echo 1';

--
-- PostgreSQL database dump complete
--
