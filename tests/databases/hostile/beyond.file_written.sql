--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
COPY public.t TO '/tmp/was-here';

--
-- PostgreSQL database dump complete
--
