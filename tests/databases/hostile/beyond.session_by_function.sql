--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
SELECT set_config('session_authorization', 'chief', false);

--
-- PostgreSQL database dump complete
--
