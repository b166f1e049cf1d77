--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
--DROP DATABASE main WITH (FORCE);

--
-- PostgreSQL database dump complete
--
