-- What Coog adds to a Tryton database, as far as the rules speak of it, and data to hide. Every value to hide is made
-- from `canary-`, so that whatever is left of one is found by that. Variables: parties, how many parties there are.

ALTER TABLE party_party
  ADD COLUMN IF NOT EXISTS is_person boolean, ADD COLUMN IF NOT EXISTS first_name varchar,
  ADD COLUMN IF NOT EXISTS commercial_name varchar, ADD COLUMN IF NOT EXISTS birth_name varchar,
  ADD COLUMN IF NOT EXISTS sepa_creditor_identifier varchar(35), ADD COLUMN IF NOT EXISTS siren varchar(9),
  ADD COLUMN IF NOT EXISTS ssn varchar(15);
ALTER TABLE party_party ADD CONSTRAINT "party_party_SSN_uniq_all" UNIQUE (ssn);
ALTER TABLE party_address ADD COLUMN siret_nic varchar;
CREATE TABLE insurer (id serial PRIMARY KEY, party integer);
CREATE TABLE contract (id serial PRIMARY KEY, subscriber integer);
CREATE TABLE health_party_complement (id serial PRIMARY KEY, party integer, insurance_fund_number varchar);
CREATE TABLE party_interlocutor (id serial PRIMARY KEY, name varchar NOT NULL);
CREATE TABLE contract_option_beneficiary (id serial PRIMARY KEY, reference varchar(12));
CREATE TABLE contract_clause (id serial PRIMARY KEY, text text);
CREATE TABLE contract_option (id serial PRIMARY KEY, customized_beneficiary_clause text);
CREATE TABLE claim_ij_subscription (id serial PRIMARY KEY, ssn varchar);
CREATE TABLE event_log (id serial PRIMARY KEY, description text);
CREATE TABLE api_token (id serial PRIMARY KEY, name varchar NOT NULL, key varchar UNIQUE, request_hash varchar);
CREATE TABLE ir_api_identity (id serial PRIMARY KEY, identifier varchar);
CREATE TABLE contract_agira_request (id serial PRIMARY KEY, applicant jsonb, deceased_person text);
CREATE TABLE contract_agira_beneficiary (id serial PRIMARY KEY, beneficiary json);
CREATE TABLE report_production_request (id serial PRIMARY KEY, context_ text NOT NULL);
CREATE TABLE rule_engine_log (id serial PRIMARY KEY, log text);
CREATE TABLE ir_coog_error (id serial PRIMARY KEY, error text);
CREATE TABLE endorsement_party (id serial PRIMARY KEY, new_extra_data text, values jsonb);

INSERT INTO res_group (name) VALUES ('Coog Do Not Anonymize');
INSERT INTO res_user (name, login, email, menu, password_hash)
  SELECT 'canary-user-' || n, 'canary-login-' || n, 'canary-' || n || '@example.com', menu, 'x'
  FROM generate_series(1, 20) n, res_user WHERE login = 'admin';
INSERT INTO res_user (name, login, email, menu)
  SELECT 'kept name', 'kept-login', 'kept@example.com', menu FROM res_user WHERE login = 'admin';
INSERT INTO "res_user-res_group" ("user", "group")
  SELECT u.id, g.id FROM res_user u, res_group g WHERE u.login = 'kept-login' AND g.name = 'Coog Do Not Anonymize';

INSERT INTO party_party (active, code, name, is_person, first_name, commercial_name, birth_name,
    sepa_creditor_identifier, siren, ssn)
  SELECT true, 'P' || n, 'canary-name-' || n, n % 10 > 0, 'canary-first-' || n, 'canary-commercial-' || n,
    'canary-birth-' || n, 'canary-sepa-' || n, CASE WHEN n % 10 = 0 THEN 'canary-s' END,
    CASE WHEN n % 3 = 0 THEN 'canary' || lpad(n::text, 9, '0') END
  FROM generate_series(1, :parties) n;
-- A bank and an insurer, and one bank that subscribes a contract: only the latter has something to hide.
INSERT INTO party_party (active, code, name, is_person, first_name, siren) VALUES
  (true, 'BANK', 'canary-bank', false, 'kept bank', 'kept-bank'),
  (true, 'INSURER', 'canary-insurer', false, 'kept insurer', 'kept-ins'),
  (true, 'BOTH', 'canary-both', false, 'canary-both-first', 'canary-b'),
  (true, 'EMPTY', '', true, NULL, '');
INSERT INTO bank (party) SELECT id FROM party_party WHERE code IN ('BANK', 'BOTH');
INSERT INTO insurer (party) SELECT id FROM party_party WHERE code = 'INSURER';
INSERT INTO insurer (party) VALUES (NULL);
INSERT INTO contract (subscriber) SELECT id FROM party_party WHERE code = 'BOTH';

INSERT INTO party_address (party, street, name, party_name, siret_nic, city)
  SELECT id, 'canary-street-' || id, 'canary-place-' || id, 'canary-at-' || id, 'canary-nic', 'Lyon'
  FROM party_party;
INSERT INTO party_contact_mechanism (party, type, value, value_compact)
  SELECT id, 'email', 'canary-mail-' || id || '@example.com', 'canary-compact-' || id FROM party_party;
INSERT INTO health_party_complement (party, insurance_fund_number)
  SELECT id, CASE code WHEN 'BANK' THEN 'kept-fund' ELSE 'canary-fund' END FROM party_party
  WHERE code IN ('P1', 'BANK', 'BOTH');
INSERT INTO party_interlocutor (name) VALUES ('canary-interlocutor');
INSERT INTO contract_option_beneficiary (reference) VALUES ('canary-ref-1'), ('');
INSERT INTO contract_clause (text) VALUES ('canary-clause');
INSERT INTO contract_option (customized_beneficiary_clause) VALUES ('canary-customized');
INSERT INTO claim_ij_subscription (ssn) VALUES ('canary-ssn');
INSERT INTO event_log (description) VALUES ('canary-event');
INSERT INTO api_token (name, key, request_hash) VALUES ('canary-token', 'canary-key', 'canary-hash');
INSERT INTO ir_api_identity (identifier) VALUES ('canary-identity');
INSERT INTO contract_agira_request (applicant, deceased_person) VALUES ('{"a": "canary-a"}', '{"a": "canary-b"}');
INSERT INTO contract_agira_beneficiary (beneficiary) VALUES ('{"a": "canary-c"}');
INSERT INTO report_production_request (context_) VALUES ('canary-context');
INSERT INTO rule_engine_log (log) VALUES ('canary-log');
INSERT INTO ir_coog_error (error) VALUES ('canary-error');
INSERT INTO endorsement_party (new_extra_data, values) VALUES ('canary-new', '{"a": "canary-e"}');
INSERT INTO ir_attachment (name, resource, type, data) VALUES ('canary-attachment', 'party.party,1', 'data', 'canary-data');
INSERT INTO ir_note (message, resource) VALUES ('canary-note', 'party.party,1');

-- The tables of endorsements all look alike.
DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY[
    'contract', 'contract_activation_history', 'contract_beneficiary', 'contract_benefit',
    'contract_billing_information', 'contract_clause', 'contract_contact', 'contract_commission_rate',
    'contract_covered_element', 'contract_covered_element_option', 'contract_covered_element_option_version',
    'contract_covered_element_version', 'contract_dependent_party', 'contract_extra_data',
    'contract_extra_premium', 'contract_loan', 'contract_option', 'contract_option_exclusion',
    'contract_option_version', 'contract_payment_information', 'loan', 'loan_increment', 'loan_share',
    'party_address', 'party_contract_mechanism', 'party_employment', 'party_employment_version',
    'party_health_complement', 'party_relation']
  LOOP
    EXECUTE format('CREATE TABLE %I (id serial PRIMARY KEY, extra_data jsonb, values text)', 'endorsement_' || each);
    EXECUTE format('INSERT INTO %I (extra_data, values) VALUES (''{"a": "canary-d"}'', ''canary-values'')', 'endorsement_' || each);
  END LOOP;
END $$;

-- Rows that hang on nothing: what else they must have is not our subject.
SET session_replication_role = replica;
DO $$
DECLARE each record;
BEGIN
  FOR each IN SELECT a.attrelid::regclass AS t, a.attname AS c FROM pg_attribute a
    WHERE a.attrelid IN ('account_invoice'::regclass, 'account_invoice_line'::regclass,
      'account_statement_line'::regclass, 'account_payment'::regclass)
    AND a.attnum > 0 AND a.attnotnull AND a.attname <> 'id'
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', each.t, each.c);
  END LOOP;
END $$;
INSERT INTO account_invoice (comment, description) VALUES ('canary-comment', 'canary-invoice');
INSERT INTO account_invoice_line (description) VALUES ('canary-line');
INSERT INTO account_statement_line (description) VALUES ('canary-statement');
INSERT INTO account_payment (description) VALUES ('canary-payment');
SET session_replication_role = origin;

-- Former rows, as Tryton keeps them: without constraints, with a key of their own.
CREATE TABLE party_party__history AS SELECT * FROM party_party;
ALTER TABLE party_party__history ADD COLUMN __id serial PRIMARY KEY, ALTER COLUMN id DROP NOT NULL;
UPDATE party_party__history SET name = 'canary-former-' || id WHERE name <> '';
CREATE TABLE res_user__history AS SELECT * FROM res_user;
ALTER TABLE res_user__history ADD COLUMN __id serial PRIMARY KEY;
CREATE TABLE party_address__history AS SELECT * FROM party_address;
