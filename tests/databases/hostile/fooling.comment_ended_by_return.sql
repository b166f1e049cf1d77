--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
--DROP DATABASE victim WITH (FORCE);

--
-- PostgreSQL database dump complete
--
