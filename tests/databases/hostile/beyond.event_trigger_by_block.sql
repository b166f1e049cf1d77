--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
DO $$ BEGIN EXECUTE 'CREATE EVENT TRIGGER evil ON ddl_command_end EXECUTE FUNCTION public.f()'; END $$;

--
-- PostgreSQL database dump complete
--
