//! What belongs to a database's name and not to its content: it passes on to whatever takes the name.

use super::lock::Lock;
use crate::database::{DatabaseError, Facts, Name};

/// Statements that give `to` the owner, the privileges, the settings, the connection limit and the comment that `from`
/// has. The server writes them itself, so that everything is quoted as it wants it. Settings that are lists are kept
/// by the server as they are written in SQL.
/// That a command has closed `from` to other clients is not one of them.
pub(in crate::database) fn statements(
    lock: &Lock<'_, '_>,
    from: &Facts,
    to: &Name,
) -> Result<Vec<String>, DatabaseError> {
    let query = QUERY.replace('\n', " ").replace("{from}", &from.oid.to_string()).replace("{to}", &to.literal());
    lock.ask(&query, "the attributes of the database")
}

/// Selects the statements that remove all settings of a database.
pub(in crate::database) fn resetting(name: &Name) -> String {
    RESETTING.replace('\n', " ").replace("{name}", &name.literal())
}

const RESETTING: &str = "
SELECT to_json(CASE setrole WHEN 0 THEN format('ALTER DATABASE %I RESET ALL;', datname)
  ELSE format('ALTER ROLE %I IN DATABASE %I RESET ALL;', pg_get_userbyid(setrole), datname) END)
FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = {name};";

const QUERY: &str = r"
WITH former AS (SELECT * FROM pg_database WHERE oid = {from}),
parts(place, statement) AS (
  SELECT 1, format('ALTER DATABASE %I OWNER TO %I;', {to}, pg_get_userbyid(datdba)) FROM former
  UNION ALL
  SELECT 2, format('ALTER DATABASE %I CONNECTION LIMIT %s;', {to}, datconnlimit) FROM former
  UNION ALL
  SELECT 3, format('COMMENT ON DATABASE %I IS %s;', {to}, coalesce(quote_literal(shobj_description(oid, 'pg_database')), 'NULL'))
  FROM former
  UNION ALL
  SELECT 4, format('REVOKE ALL ON DATABASE %I FROM PUBLIC, %I;', {to}, pg_get_userbyid(datdba))
  FROM former WHERE datacl IS NOT NULL
  UNION ALL
  SELECT 5, format('GRANT %s ON DATABASE %I TO %s%s;', privilege_type, {to},
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM former, aclexplode(datacl)
  UNION ALL
  SELECT 6, format('%s SET %I TO %s;',
    CASE setrole WHEN 0 THEN format('ALTER DATABASE %I', {to})
      ELSE format('ALTER ROLE %I IN DATABASE %I', pg_get_userbyid(setrole), {to}) END,
    name,
    CASE WHEN name IN ('local_preload_libraries', 'search_path', 'session_preload_libraries', 'temp_tablespaces') THEN
        CASE WHEN value = '' THEN '''''' ELSE value END
      ELSE quote_literal(value) END)
  FROM pg_db_role_setting, unnest(setconfig) AS setting,
    LATERAL (SELECT split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1)) AS split(name, value)
  WHERE setdatabase = {from} AND NOT (setrole = 0 AND (name = 'lapstrake.closed_by'
    OR name = 'application_name' AND value LIKE 'lapstrake closed by %'))
  UNION ALL
  SELECT 7, format('ALTER DATABASE %I IS_TEMPLATE %s;', {to}, CASE WHEN datistemplate THEN 'true' ELSE 'false' END) FROM former
  UNION ALL
  SELECT 8, format('ALTER DATABASE %I ALLOW_CONNECTIONS false;', {to}) FROM former
  WHERE NOT datallowconn AND NOT EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) one
    WHERE s.setdatabase = former.oid AND s.setrole = 0 AND (one LIKE 'lapstrake.closed_by=%'
      OR one LIKE 'application_name=lapstrake closed by %'))
)
SELECT to_json(statement) FROM parts ORDER BY place;
";
