//! Names that mean something to the shell, or to us.

/// The project's absolute folder; no file may set it.
pub(super) const BASE_PATH: &str = "BASE_PATH";

/// Variables that bash computes, or keeps from being set: a file that touches one cannot be read without a shell.
const COMPUTED: [&str; 27] = [
    "BASHOPTS",
    "BASHPID",
    "BASH_ALIASES",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_CMDS",
    "BASH_COMMAND",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "COMP_WORDBREAKS",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HISTCMD",
    "LINENO",
    "PIPESTATUS",
    "PPID",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "SRANDOM",
];

/// Variables that bash sets for itself when its environment does not bring them.
const PRESET: [&str; 15] = [
    "BASH",
    "BASH_VERSION",
    "HOSTNAME",
    "HOSTTYPE",
    "IFS",
    "MACHTYPE",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PATH",
    "PS4",
    "PWD",
    "SHELL",
    "SHLVL",
    "TERM",
];

/// Whether bash gives the name a meaning that no file can give it.
pub(super) fn is_computed(name: &str) -> bool {
    matches!(name, "UID" | "_") || COMPUTED.contains(&name)
}

/// Whether bash has a value for the name without being given one.
pub(super) fn is_preset(name: &str) -> bool {
    PRESET.contains(&name)
}

/// The password of the first address in a text that has one.
pub(super) fn password_in(text: &str) -> Option<&str> {
    text.match_indices("://").find_map(|(at, mark)| {
        let scheme = text[..at].bytes().next_back().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let rest = &text[at + mark.len()..];
        let authority = &rest[..rest.find(['/', '?', '#', ' ', '\n']).unwrap_or(rest.len())];
        let (user, _) = authority.rsplit_once('@')?;
        let (_, password) = user.split_once(':')?;
        (scheme && !password.is_empty()).then_some(password)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_a_user_and_a_password() {
        assert_eq!(password_in("postgresql://coog:s3@host:5432/coog"), Some("s3"));
        assert_eq!(password_in("see http://a/b, mongodb://u:p@q:1@mongo"), Some("p@q:1"));
        for plain in ["http://coog:8000", "http://user@host/", "http://a:@b", "a@b:c", "http://h/x:y@z", "://u:p@h"] {
            assert_eq!(password_in(plain), None, "{plain}");
        }
    }
}
