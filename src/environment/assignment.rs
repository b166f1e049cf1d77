//! Writing a line of a layer.

/// `NAME=value` as a layer and a shell read it, with quotes where the value needs them.
#[must_use]
pub fn assignment(name: &str, value: &str) -> String {
    let plain = |each: char| each.is_ascii_alphanumeric() || "-_./:@%+,".contains(each);
    if value.chars().all(plain) {
        format!("{name}={value}\n")
    } else {
        format!("{name}='{}'\n", value.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_quoted_where_a_shell_would_take_it_apart() {
        assert_eq!(assignment("A", "http://x:80/a"), "A=http://x:80/a\n");
        assert_eq!(assignment("A", ""), "A=\n");
        assert_eq!(assignment("A", "it's $HOME"), "A='it'\\''s $HOME'\n");
    }
}
