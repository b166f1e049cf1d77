//! The extensions that a database must have.

use crate::database::{DatabaseError, Name, Server, identifier};

/// Why an extension cannot be had. The states are the same in every language that a server may speak; whatever else
/// goes wrong is a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Our user may not make it.
    NotAllowed,
    /// The server does not have it.
    NotInstalled,
}

/// Makes the extensions that a database lacks, and tells which cannot be had.
///
/// # Errors
/// When one cannot be made for another reason.
pub fn extend<'e>(
    server: &Server<'_>,
    database: &Name,
    extensions: &[&'e str],
) -> Result<Vec<(&'e str, Absence)>, DatabaseError> {
    if extensions.is_empty() {
        return Ok(Vec::new());
    }
    let doing = format!("the making of extensions in database `{database}`");
    let told = server.psql(database, &script(extensions), &doing)?;
    refusals(&told, extensions)
        .into_iter()
        .map(|(extension, state)| match state {
            "42501" => Ok((extension, Absence::NotAllowed)),
            "0A000" | "58P01" => Ok((extension, Absence::NotInstalled)),
            _ => Err(DatabaseError::Failed {
                doing: doing.clone(),
                complaint: format!("{extension}: SQL state {state}"),
            }),
        })
        .collect()
}

/// Makes each extension, and tells the number and the state of each that could not be made.
fn script(extensions: &[&str]) -> String {
    let one = |(number, extension): (usize, &&str)| {
        let extension = identifier(extension);
        format!("CREATE EXTENSION IF NOT EXISTS {extension};\n\\if :ERROR\n\\echo {number} :SQLSTATE\n\\endif\n")
    };
    let beginning = "\\unset ON_ERROR_STOP\nSET client_min_messages = warning;\n".to_owned();
    extensions.iter().enumerate().map(one).fold(beginning, |script, part| script + &part)
}

fn refusals<'t, 'e>(told: &'t str, extensions: &[&'e str]) -> Vec<(&'e str, &'t str)> {
    let of_line = |line: &'t str| {
        let (number, state) = line.split_once(' ')?;
        Some((*extensions.get(number.parse::<usize>().ok()?)?, state.trim()))
    };
    told.lines().filter_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_state() {
        let extensions = ["pg_trgm", "un\"accent"];
        insta::assert_snapshot!(script(&extensions), @r#"
        \unset ON_ERROR_STOP
        SET client_min_messages = warning;
        CREATE EXTENSION IF NOT EXISTS "pg_trgm";
        \if :ERROR
        \echo 0 :SQLSTATE
        \endif
        CREATE EXTENSION IF NOT EXISTS "un""accent";
        \if :ERROR
        \echo 1 :SQLSTATE
        \endif
        "#);
        assert_eq!(refusals("1 42501\n", &extensions), [("un\"accent", "42501")]);
        assert_eq!(refusals("", &extensions), []);
    }
}
