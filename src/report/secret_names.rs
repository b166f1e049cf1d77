//! What is secret by the look of its name or of its value: tables, and the fold over them.

/// Words that make a name secret wherever they stand in it. The flag: it can be made up by us, where one is needed.
const WORDS: [(&str, bool); 10] = [
    ("PASSWORD", true),
    ("PASSWD", true),
    ("PASSPHRASE", true),
    ("SECRET", true),
    ("TOKEN", true),
    ("ENCRYPTION", true),
    ("CREDENTIAL", false),
    ("REQUIREPASS", true),
    ("MASTERAUTH", true),
    ("CONNECTION_STRING", false),
];

/// Words, and words beside each other, that make a name secret as whole parts of it: `SMTP_PASS`, `AWS_ACCESS_KEY_ID`.
/// They also count with an `S` behind them, and where a name joins two (`apiKey`).
const PARTS: [(&str, bool); 33] = [
    ("PASS", true),
    ("PWD", true),
    ("PW", true),
    ("SALT", true),
    ("PEPPER", true),
    ("DSN", false),
    ("BASIC_AUTH", false),
    ("AUTH_CONFIG", false),
    ("API_KEY", false),
    ("ACCESS_KEY", false),
    ("ACCOUNT_KEY", false),
    ("ADMIN_KEY", true),
    ("AES_KEY", true),
    ("APP_KEY", true),
    ("AUTH_KEY", true),
    ("COOKIE_KEY", true),
    ("CONSUMER_KEY", false),
    ("CRYPT_KEY", true),
    ("DEPLOY_KEY", false),
    ("ENCRYPT_KEY", true),
    ("HMAC_KEY", true),
    ("JWT_KEY", true),
    ("LICENSE_KEY", false),
    ("LICENCE_KEY", false),
    ("MASTER_KEY", true),
    ("PRIVATE_KEY", false),
    ("SERVICE_KEY", false),
    ("SESSION_KEY", true),
    ("SHARED_KEY", true),
    ("SIGNATURE_KEY", true),
    ("SIGNING_KEY", true),
    ("STORAGE_KEY", false),
    ("SUBSCRIPTION_KEY", false),
];

/// First parts that make of a name a switch: `ENABLE_TOKENS`, `REQUIRE_PASSWORD`.
const SWITCHES: [&str; 8] = ["ENABLE", "DISABLE", "ALLOW", "REQUIRE", "USE", "IS", "HAS", "NO"];

/// Last parts that make of a name something about a secret: `TOKEN_URL`, `PASSWORD_MIN_LENGTH`, `DB_PASSWORD_FILE`.
const ABOUT: [&str; 60] = [
    "AGE",
    "ALGO",
    "ALGORITHM",
    "ATTEMPTS",
    "AUDIENCE",
    "CHARS",
    "CLASS",
    "COUNT",
    "DAYS",
    "DIR",
    "DIRECTORY",
    "DISABLED",
    "DURATION",
    "ENABLED",
    "ENDPOINT",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FILENAME",
    "FOLDER",
    "FORMAT",
    "HEADER",
    "HINT",
    "HOST",
    "HOURS",
    "INTERVAL",
    "ISSUER",
    "LENGTH",
    "LIFETIME",
    "LIMIT",
    "MAX",
    "METHOD",
    "MIN",
    "MINUTES",
    "MODE",
    "MOUNT",
    "NAME",
    "PATH",
    "POLICY",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "REQUIRED",
    "RESET",
    "RETRIES",
    "ROTATION",
    "ROUNDS",
    "SECONDS",
    "SIZE",
    "STRENGTH",
    "THROUGH",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USER",
    "VERSION",
];

/// Names that hold something else, whatever their parts are.
const OTHERS: [&str; 4] = ["PWD", "OLDPWD", "PUBLIC_API_KEY", "PUBLIC_KEY"];

/// What well-known keys begin with.
const KEYS: [&str; 12] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "xoxb-",
    "xoxp-",
    "whsec_",
    "SG.",
];

/// How long such a key is at least.
const SHORTEST_KEY: usize = 16;

/// The tables, for those who document them.
#[derive(Debug)]
pub struct SecretTables {
    /// Words that count anywhere in a name.
    pub anywhere: Vec<&'static str>,
    /// Words that count as whole parts of a name.
    pub parts: Vec<&'static str>,
    /// First parts of names that are switches.
    pub switches: Vec<&'static str>,
    /// Last parts of names that are about a secret.
    pub about: Vec<&'static str>,
    /// Names that are no secret's.
    pub others: Vec<&'static str>,
    /// What well-known keys begin with.
    pub keys: Vec<&'static str>,
}

/// The tables by which secrets are known.
#[must_use]
pub fn secret_tables() -> SecretTables {
    SecretTables {
        anywhere: WORDS.iter().map(|(word, _)| *word).collect(),
        parts: PARTS.iter().map(|(part, _)| *part).collect(),
        switches: SWITCHES.to_vec(),
        about: ABOUT.to_vec(),
        others: OTHERS.to_vec(),
        keys: KEYS.to_vec(),
    }
}

/// Whether what a name holds is secret, by the look of the name.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    found(name).is_some()
}

/// Whether a secret of this name is one that nobody else has to give: a password is made up, the key to somebody's
/// service is not.
#[must_use]
pub fn can_be_made_up(name: &str) -> bool {
    found(name) == Some(true)
}

/// What the tables say about a name; `None` where it holds no secret.
fn found(name: &str) -> Option<bool> {
    if name.len() > LONGEST_NAME || !holds_stem(name.as_bytes()) {
        return None;
    }
    let name = folded(name);
    let bare = name.trim_matches('_');
    let last = bare.rsplit('_').next().unwrap_or_default();
    let is_switch = bare.split_once('_').is_some_and(|(first, _)| SWITCHES.contains(&first));
    if is_switch || ABOUT.contains(&last) || OTHERS.contains(&bare) {
        return None;
    }
    let word = WORDS.iter().find(|(word, _)| name.contains(word));
    let part = || PARTS.iter().find(|(part, _)| holds_part(&name, part));
    word.or_else(part).map(|(_, made_up)| *made_up)
}

/// What every word of the tables holds. Most names hold none of these, and are done with.
const STEMS: [&[u8]; 12] = [
    b"PASS",
    b"PWD",
    b"PW",
    b"PEPPER",
    b"SECRET",
    b"SALT",
    b"TOKEN",
    b"CRYPT",
    b"CREDENTIAL",
    b"CONNECTION",
    b"KEY",
    b"DSN",
];
const AUTH: &[u8] = b"AUTH";

fn holds_stem(name: &[u8]) -> bool {
    (0..name.len()).any(|at| {
        let begins = |stem: &[u8]| name.get(at..at + stem.len()).is_some_and(|part| part.eq_ignore_ascii_case(stem));
        match name[at].to_ascii_uppercase() {
            b'A' => begins(AUTH),
            first @ (b'P' | b'S' | b'T' | b'C' | b'K' | b'D') => {
                STEMS.iter().any(|stem| stem[0] == first && begins(stem))
            }
            _ => false,
        }
    })
}

/// Nobody writes longer names.
const LONGEST_NAME: usize = 300;

/// `_SMTP_PASS_` of `smtp.pass`: large letters, parts between `_`.
fn folded(name: &str) -> String {
    let upper = name.chars().map(|each| if each.is_ascii_alphanumeric() { each.to_ascii_uppercase() } else { '_' });
    ['_'].into_iter().chain(upper).chain(['_']).collect()
}

/// Whether a folded name has a part: between `_`, or joined where it is made of two.
fn holds_part(name: &str, part: &str) -> bool {
    let whole = name.match_indices(part).any(|(at, _)| {
        let behind = &name[at + part.len()..];
        name[..at].ends_with('_') && (behind.starts_with('_') || behind.starts_with("S_"))
    });
    whole
        || part
            .split_once('_')
            .is_some_and(|(one, two)| name.match_indices(one).any(|(at, _)| name[at + one.len()..].starts_with(two)))
}

/// Whether a value is secret by its look: an address with a user, a key in text form, a well-known key, or an assignment
/// to a secret name (`Password=…`, `"token": "…"`).
#[must_use]
pub fn is_secret_value(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_key = bytes.len() > KEY_MARK.len() && memchr::memmem::find(bytes, KEY_MARK).is_some();
    is_key
        || memchr::memchr(b'@', bytes).is_some() && has_user(value)
        || is_well_known_key(value)
        || secret_assignment(value).is_some()
}

/// What a key as a text begins with.
const KEY_MARK: &[u8] = b"-----BEGIN ";

/// Whether a text mentions something secret: a name anywhere in it, or a value. It may be any line of a file.
#[must_use]
pub fn mentions_secret(text: &str) -> bool {
    let part_of_name = |each: char| each.is_ascii_alphanumeric() || each == '_';
    text.split(|each| !part_of_name(each)).any(is_secret_name) || is_secret_value(text)
}

/// Whether a text holds an address with a user in it: `https://key@host`. The user of ssh and of mail is no secret.
fn has_user(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let scheme =
            text[..at].rsplit(|each: char| !each.is_ascii_alphanumeric() && each != '+').next().unwrap_or_default();
        let rest = &text[at + mark.len()..];
        let authority = &rest[..rest.find(['/', '?', '#', ' ', '\n', '"', '\'']).unwrap_or(rest.len())];
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        let is_login = !user.contains(':') && (scheme.ends_with("ssh") || scheme == "git" || scheme == "sftp");
        !scheme.is_empty() && !matches!(user.trim_end_matches(':'), "" | "git") && !is_login
    })
}

fn is_well_known_key(value: &str) -> bool {
    let is_aws = value.len() == 20 && (value.starts_with("AKIA") || value.starts_with("ASIA"));
    let is_jwt = value.len() > 40 && value.starts_with("eyJ") && value.matches('.').count() == 2;
    let begins_as_one = || value.len() >= SHORTEST_KEY && KEYS.iter().any(|start| value.starts_with(start));
    let is_key = || value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    (is_aws || is_jwt || begins_as_one()) && is_key()
}

/// Where in a text the value of the first assignment to a secret name stands: `--password=x`, `{"token": "x"}`. A
/// reference to a variable is no secret.
#[must_use]
pub fn secret_assignment(text: &str) -> Option<std::ops::Range<usize>> {
    memchr::memchr2_iter(b'=', b':', text.as_bytes()).find_map(|at| {
        let (before, behind) = (&text[..at], &text[at + 1..]);
        // A colon is an assignment behind a quoted name only: `token:8080` may be an address.
        let name = match before.strip_suffix('"') {
            Some(name) => name,
            None if text.as_bytes()[at] == b'=' => before,
            None => return None,
        };
        let start = name.bytes().rposition(|byte| !is_part_of_name(byte)).map_or(0, |found| found + 1);
        if !is_secret_name(name[start..].trim_start_matches(['-', '.'])) {
            return None;
        }
        let value = behind.trim_start_matches([' ', '"', '\'']);
        let from = text.len() - value.len();
        let value = &value[..value.find([' ', '\n', ';', '&', '"', '\'', ',']).unwrap_or(value.len())];
        let is_nothing = value.starts_with('$') || is_switch_value(value);
        (!is_nothing).then(|| from..from + value.len())
    })
}

fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Whether a value only says yes or no, or nothing: no secret, whatever its name.
#[must_use]
pub fn is_switch_value(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "POSTGRES_PASSWORD",
            "COOG_GATEWAY_TOKEN",
            "JWT_ENCRYPTION",
            "rootpassword",
            "COOG_PASSPHRASE",
            "STRIPE_API_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "SMTP_PASS",
            "DB_PWD",
            "BASIC_AUTH",
            "HASH_SALT",
            "GCP_CREDENTIALS",
            "JWT_SIGNING_KEY",
            "SSH_PRIVATE_KEY",
            "SENTRY_DSN",
            "SECRET_KEY_BASE",
            "APP_KEY",
            "apiKey",
            "accessKey",
            "api-key",
            "traefik.http.middlewares.auth.basicauth.users",
            "keyStorePassword",
            "requirepass",
            "DB_PW",
            "API_KEYS",
            "DATABASE_CONNECTION_STRING",
            "TOKENS",
            "PASSWORD",
            "PASS",
            "POSTGRES_PASSWORD_1",
            "CUSTOM_DOCUMENT_TOKEN_SECRET",
            "DOCKER_AUTH_CONFIG",
            "LICENSE_KEY",
            "AZURE_STORAGE_KEY",
            "DATABASE_PASSWORD_OLD",
            "Pepper",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "POSTGRES_USER",
            "ENABLE_COOG_TOKEN_AUTHENTICATION",
            "JWT_EXPIRATION",
            "TOKEN_URL",
            "PASSWORD_MIN_LENGTH",
            "KEYBOARD",
            "KEYBOARD_LAYOUT",
            "PWD",
            "OLDPWD",
            "POSTGRES_PASSWORD_FILE",
            "SECRET_NAME",
            "TOKEN_EXPIRATION",
            "BYPASS",
            "COMPASS",
            "PASSENGER",
            "PASS_THROUGH",
            "CACHE_KEY",
            "PRIMARY_KEY",
            "PUBLIC_KEY",
            "AUTH_TYPE",
            "AUTHOR",
            "BASIC_AUTH_URL",
            "SALT_ROUNDS",
            "SALTMASTER",
            "REQUIRE_PASSWORD",
            "USE_TOKENS",
            "MONKEY",
            "TURKEY",
            "KEY",
            "DSN_TIMEOUT",
            "TLS_KEY",
            "KEYCLOAK_REALM",
            "PWDS_MAX",
            "SECRETS_DIR",
            "TOKEN_TTL",
            "JWT_ALGORITHM",
            "CLIENT_ID",
            "OAUTH_TOKEN_ENDPOINT",
            "PASSWORD_RESET_TIMEOUT",
            "MIN_PASSWORD_LENGTH",
            "NEXT_PUBLIC_URL",
            "SNAPPED",
            "",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn what_somebody_else_gives_is_not_made_up() {
        assert!(["DB_PASSWORD", "HASH_SALT", "JWT_SIGNING_KEY"].into_iter().all(can_be_made_up));
        for name in ["STRIPE_API_KEY", "SENTRY_DSN", "AWS_ACCESS_KEY_ID", "SSH_PRIVATE_KEY", "GCP_CREDENTIALS", "HOST"]
        {
            assert!(!can_be_made_up(name), "{name}");
        }
    }

    #[test]
    fn values_of_secrets() {
        for value in [
            "postgresql://coog:s3@host:5432/coog",
            "https://0123abcd@sentry.example.org/1",
            "mongodb+srv://u:p@q",
            "Server=db;User=sa;Password=abc;",
            "jdbc:postgresql://h/d?user=a&password=b",
            "redis-server --requirepass=abc",
            "-Djavax.net.ssl.keyStorePassword=changeit",
            r#"{"auths": {"x": {"token": "abc"}}}"#,
            "--password=abc",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "ghp_0123456789abcdef0123",
            "AKIAIOSFODNN7EXAMPLE",
            "sk_live_0123456789ab",
            "host=db password=abc dbname=x",
            "see http://a/b, mongodb://u:p@q:1@mongo",
        ] {
            assert!(is_secret_value(value), "{value}");
        }
    }

    #[test]
    fn values_of_other_things() {
        for value in [
            "http://coog:8000",
            "a@b:c",
            "http://h/x:y@z",
            "://u@h",
            "admin@example.org",
            "git@github.com:a/b.git",
            "ssh://git@github.com/a/b",
            "git+ssh://deploy@host/x",
            "sftp://coog@host/in",
            "https://git@github.com/a",
            "token:8080",
            "http://token:8080/x",
            "--password=${PASSWORD}",
            "password=",
            "?sslmode=require",
            "token=true",
            "PASSWORD_MIN_LENGTH=8",
            "key=value",
            "a=b=c",
            "ghp_short",
            "2024-01-01T10:00:00Z",
            "SG.",
            "SELECT 1",
            "http://a/b?token_url=c",
            "traefik.enable=true",
        ] {
            assert!(!is_secret_value(value), "{value}");
        }
    }

    #[test]
    fn the_value_of_an_assignment_is_found() {
        let found = |text: &'static str| secret_assignment(text).map(|range| &text[range]);
        assert_eq!(found("run --password=abc -x"), Some("abc"));
        assert_eq!(found("SMTP_PASSWORD=a b"), Some("a"));
        assert_eq!(found(r#"{"é": 1, "token": "x,y"}"#), Some("x"));
        assert_eq!(found("user=a&password=b&c=d"), Some("b"));
        assert_eq!(found("x=1"), None);
    }
}
