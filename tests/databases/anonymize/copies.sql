-- Whatever keeps a copy of a row. Every value to hide is made from `canary`, and what has that in it is to be hidden.

CREATE TYPE place AS (street text, city text);
CREATE DOMAIN label AS text CHECK (VALUE <> 'never');
CREATE DOMAIN labels AS text[];
CREATE SCHEMA "Odd.Näme";
CREATE TABLE "Odd.Näme"."Per""son" (
  id int PRIMARY KEY, "Full.Näme" text NOT NULL, mail varchar(40), tags text[], home place, document oid, words tsvector,
  alias label, names labels, span int4range NOT NULL DEFAULT 'empty', extra jsonb, short varchar(3),
  shown text GENERATED ALWAYS AS ('* ' || "Full.Näme") STORED);
INSERT INTO "Odd.Näme"."Per""son"
  SELECT n, 'Canary Name ' || n, 'canary' || n || '@corp.example', ARRAY['canary-tag-' || n, NULL, ''],
    ROW('Canary street ' || n, 'canary-city-' || n)::place, lo_from_bytea(0, convert_to('canary-object-' || n, 'UTF8')),
    to_tsvector('simple', 'canary-word-' || n), 'canary-alias-' || n, ARRAY['canary-names-' || n], int4range(n, n + 5),
    jsonb_build_object('deep', jsonb_build_array('canary-json-' || n)), 'can'
  FROM generate_series(1, 60) n;
SELECT lo_from_bytea(4242, 'kept object');
CREATE TABLE holder (id int PRIMARY KEY, object oid);
INSERT INTO holder VALUES (1, 4242);
-- Former rows.
CREATE TABLE "Odd.Näme"."Per""son__history" AS SELECT id, "Full.Näme", mail FROM "Odd.Näme"."Per""son";
-- Partitions, and a table that inherits.
CREATE TABLE visit (id int, kind text, name text) PARTITION BY LIST (kind);
CREATE TABLE visit_a PARTITION OF visit FOR VALUES IN ('a');
CREATE TABLE visit_b PARTITION OF visit FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE visit_b_low (name text, id int, kind text);
ALTER TABLE visit_b ATTACH PARTITION visit_b_low FOR VALUES FROM (0) TO (1000);
INSERT INTO visit SELECT n, CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b' END, 'canary-visit-' || n FROM generate_series(1, 60) n;
CREATE TABLE note (id int, body text);
CREATE TABLE long_note (pages int) INHERITS (note);
INSERT INTO note VALUES (1, 'canary-note-1');
INSERT INTO long_note VALUES (2, 'canary-note-2', 7);
-- Rows that go, and what hangs on them.
CREATE TABLE file (id int PRIMARY KEY, object oid);
INSERT INTO file VALUES (1, lo_from_bytea(0, 'canary-object-of-file'));
CREATE TABLE reading (id int PRIMARY KEY, file int REFERENCES file ON DELETE CASCADE, reader text);
CREATE TABLE mark (id int PRIMARY KEY, reading int REFERENCES reading ON DELETE SET NULL, file int REFERENCES file ON DELETE SET NULL);
INSERT INTO reading VALUES (1, 1, 'canary-reader'), (2, NULL, 'nobody');
INSERT INTO mark VALUES (1, 1, 1), (2, 2, NULL);
-- Equal values at both ends of a foreign key, whose change would cascade.
CREATE TABLE login (name text PRIMARY KEY);
CREATE TABLE session (id int PRIMARY KEY, login text REFERENCES login ON UPDATE CASCADE);
CREATE TABLE token (id int PRIMARY KEY, login text CONSTRAINT "of login" REFERENCES login NOT NULL);
COMMENT ON CONSTRAINT "of login" ON token IS 'kept comment';
INSERT INTO login SELECT 'canary-login-' || n FROM generate_series(1, 20) n;
INSERT INTO session SELECT n, 'canary-login-' || n FROM generate_series(1, 20) n;
INSERT INTO token SELECT n, 'canary-login-' || n FROM generate_series(1, 20) n;

-- Whatever copies a row that changes or goes.
CREATE TABLE audit (how text, old text);
CREATE FUNCTION of_row() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO public.audit VALUES (TG_NAME, OLD::text); RETURN COALESCE(NEW, OLD); END $$;
CREATE FUNCTION of_statement() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO public.audit SELECT TG_NAME, o::text FROM old_rows o; RETURN NULL; END $$;
CREATE TRIGGER before_row BEFORE UPDATE OR DELETE ON "Odd.Näme"."Per""son" FOR EACH ROW EXECUTE FUNCTION of_row();
CREATE TRIGGER always AFTER UPDATE ON "Odd.Näme"."Per""son" FOR EACH ROW EXECUTE FUNCTION of_row();
ALTER TABLE "Odd.Näme"."Per""son" ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER of_replica AFTER UPDATE ON "Odd.Näme"."Per""son" FOR EACH ROW EXECUTE FUNCTION of_row();
ALTER TABLE "Odd.Näme"."Per""son" ENABLE REPLICA TRIGGER of_replica;
CREATE TRIGGER never AFTER UPDATE ON "Odd.Näme"."Per""son" FOR EACH ROW EXECUTE FUNCTION of_row();
ALTER TABLE "Odd.Näme"."Per""son" DISABLE TRIGGER never;
CREATE TRIGGER transition AFTER UPDATE ON "Odd.Näme"."Per""son" REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION of_statement();
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON "Odd.Näme"."Per""son" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION of_row();
CREATE TRIGGER of_parts AFTER UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION of_row();
CREATE TRIGGER of_part AFTER UPDATE ON visit_b_low FOR EACH ROW EXECUTE FUNCTION of_row();
CREATE TRIGGER of_cascade AFTER DELETE ON reading FOR EACH ROW EXECUTE FUNCTION of_row();
CREATE RULE copying AS ON UPDATE TO note DO ALSO INSERT INTO public.audit VALUES ('rule', OLD.body);
CREATE RULE copying AS ON UPDATE TO long_note DO ALSO INSERT INTO public.audit VALUES ('rule', OLD.body);
-- Views on views, made in the wrong order of their names.
CREATE MATERIALIZED VIEW z_first AS SELECT id, "Full.Näme" AS name, mail FROM "Odd.Näme"."Per""son";
CREATE VIEW middle AS SELECT name FROM z_first;
CREATE MATERIALIZED VIEW a_second AS SELECT name FROM middle;
CREATE MATERIALIZED VIEW unfilled AS SELECT name FROM middle WITH NO DATA;
CREATE INDEX ON z_first (name);
CREATE INDEX by_words ON "Odd.Näme"."Per""son" (lower("Full.Näme"));
CREATE STATISTICS together (mcv) ON "Full.Näme", mail FROM "Odd.Näme"."Per""son";
ANALYZE;
