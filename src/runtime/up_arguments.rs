//! What the arguments of docker compose's `up` ask for, as far as it concerns us. They are passed on as they are.

use std::ffi::OsString;

/// Options that take the next word as their value.
const WITH_VALUE: &[&str] =
    &["--attach", "--exit-code-from", "--no-attach", "--pull", "--scale", "--timeout", "--wait-timeout"];

/// Options that say how images are had: they hold for the database too, which is started first.
const ABOUT_IMAGES: &[&str] = &["--build", "--no-build", "--pull", "--quiet-build", "--quiet-pull"];

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Request {
    /// The arguments as they were given.
    pub(crate) arguments: Vec<OsString>,
    /// The services that were named; all where none was.
    pub(crate) services: Vec<String>,
    /// Whether the services go on in the background.
    pub(crate) detached: bool,
    /// Whether anything is started at all (`--no-start`, `--dry-run`).
    pub(crate) starts: bool,
    /// Whether what the services depend on is started too.
    pub(crate) with_dependencies: bool,
    /// The options that say how images are had.
    pub(crate) about_images: Vec<OsString>,
}

impl Request {
    pub(crate) fn read(arguments: &[OsString]) -> Self {
        let mut request = Self {
            arguments: arguments.to_owned(),
            services: Vec::new(),
            detached: false,
            starts: true,
            with_dependencies: true,
            about_images: Vec::new(),
        };
        let mut words = arguments.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            if word.starts_with("--") {
                let next = if WITH_VALUE.contains(&&*word) { words.next() } else { None };
                request.option(&word, next.as_deref());
            } else if let Some(letters) = word.strip_prefix('-') {
                // `-dt 10`: a letter that takes a value takes the rest of the word, or the next word.
                let flags = letters.split('t').next().unwrap_or_default();
                request.detached |= flags.contains('d');
                if letters.len() == flags.len() + 1 {
                    words.next();
                }
            } else {
                request.services.push(word.into_owned());
            }
        }
        request
    }

    fn option(&mut self, word: &str, next: Option<&str>) {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let on = !matches!(value, Some("false" | "0" | "f" | "F" | "FALSE" | "False"));
        match name {
            "--detach" => self.detached = on,
            "--no-start" | "--dry-run" if on => self.starts = false,
            "--no-deps" => self.with_dependencies = !on,
            _ => {}
        }
        if ABOUT_IMAGES.contains(&name) {
            self.about_images.push(word.into());
            self.about_images.extend(next.map(OsString::from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Request {
        Request::read(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn services_are_told_from_the_values_of_options() {
        let request =
            read(&["--scale", "web=2", "-t", "10", "web", "--pull=always", "-dt", "5", "db", "-t5", "--attach", "x"]);
        assert_eq!(request.services, ["web", "db"]);
        assert!(request.detached && request.starts && request.with_dependencies);
        assert_eq!(request.about_images, ["--pull=always"]);
    }

    #[test]
    fn the_background_is_asked_for_in_many_ways() {
        for words in [&["-d"][..], &["-Vd"], &["--detach"], &["--detach=true"], &["--detach=false", "-d"]] {
            assert!(read(words).detached, "{words:?}");
        }
        for words in [&[][..], &["--detach=false"], &["-t", "-d"], &["--attach", "-d"]] {
            assert!(!read(words).detached, "{words:?}");
        }
    }

    #[test]
    fn not_every_up_starts_something() {
        assert!(!read(&["--no-start"]).starts);
        assert!(!read(&["--dry-run", "-d"]).starts);
        assert!(read(&["--dry-run=false"]).starts);
        assert!(!read(&["--no-deps", "web"]).with_dependencies);
        assert_eq!(read(&["--pull", "never", "web"]).about_images, ["--pull", "never"]);
    }
}
