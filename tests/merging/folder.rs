//! A set of compose files in a folder of its own: merged by us, and read by docker compose on both sides.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use similar::TextDiff;
use tempfile::TempDir;

use super::judge::{Asking, Judge, Question};

/// Files to be merged, and all that belongs to them.
pub(super) struct Folder {
    place: TempDir,
    /// The fragments in order.
    pub(super) files: Vec<String>,
    pub(super) options: Vec<String>,
    variables: Vec<(String, String)>,
}

/// What a difference is about.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Both read the same.
    Same,
    /// Both refuse; what we said.
    Refused(String),
    /// Something else; in words.
    Different(String),
}

impl Folder {
    pub(super) fn new(files: Vec<String>) -> Self {
        let place = TempDir::new().expect("a temporary folder");
        let options = ["-p", "case"].map(str::to_owned).to_vec();
        let own = [("PATH", "/usr/bin:/bin"), ("HOME", "/home/case"), ("LANG", "C.UTF-8")];
        let variables = own.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { place, files, options, variables }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn path(&self) -> PathBuf {
        self.place.path().canonicalize().expect("the folder")
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.place.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        fs::write(path, text).expect("a file");
    }

    /// Copies what is in another folder.
    pub(super) fn copy(&self, from: &Path) {
        copy_tree(from, self.place.path());
    }

    /// Merges, and asks the judges about both sides.
    pub(super) fn judge(&self, judges: &[Judge], questions: &[Question]) -> Verdict {
        let merged = self.merge();
        let mut verdict = Verdict::Same;
        for judge in judges {
            for question in questions {
                match self.compare(judge, *question, &merged) {
                    Verdict::Different(why) => {
                        return Verdict::Different(format!("docker compose {}, {question:?}: {why}", judge.version));
                    }
                    other => verdict = other,
                }
            }
        }
        verdict
    }

    fn compare(&self, judge: &Judge, question: Question, merged: &Result<String, String>) -> Verdict {
        let folder = self.path();
        let asking = Asking { folder: &folder, options: &self.options, variables: &self.variables };
        let theirs = judge.read(&asking, &self.files, question);
        let (theirs, file) = match (theirs, merged) {
            (Err(_), Err(said)) => return Verdict::Refused(said.clone()),
            // With other profiles other services have faults.
            (Err(_), Ok(_)) | (Ok(_), Err(_)) if question == Question::Everything => {
                return self.compare(judge, Question::Running, merged);
            }
            (Err(why), Ok(_)) => return Verdict::Different(format!("we merge what it refuses: {why}")),
            (Ok(_), Err(said)) => return Verdict::Different(format!("we refuse what it reads:\n{said}")),
            (Ok(theirs), Ok(file)) => (theirs, file),
        };
        match judge.read(&asking, std::slice::from_ref(file), question) {
            Err(why) => Verdict::Different(format!("it refuses the merged file: {why}\n{}", self.text(file))),
            Ok(ours) if ours == theirs => Verdict::Same,
            Ok(ours) => {
                let diff = TextDiff::from_lines(&theirs, &ours);
                Verdict::Different(format!("\n{}", diff.unified_diff().header("fragments", "merged")))
            }
        }
    }

    /// Merges with the program itself; the merged file's name, or what was said.
    fn merge(&self) -> Result<String, String> {
        let beside = Path::new(&self.files[0]).parent().unwrap_or(Path::new(""));
        let name = beside.join("merged.yml").to_string_lossy().into_owned();
        let output = Command::new(env!("CARGO_BIN_EXE_lapstrake"))
            .arg("merge")
            .args(&self.files)
            .args(["-o", &name])
            .current_dir(self.place.path())
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .output()
            .expect("lapstrake runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => Ok(name),
            Some(3) if !self.place.path().join(&name).exists() => Err(said),
            Some(3) => panic!("refused, and yet written:\n{said}"),
            code => panic!("exit {code:?}:\n{said}"),
        }
    }

    pub(super) fn text(&self, file: &str) -> String {
        fs::read_to_string(self.place.path().join(file)).unwrap_or_default()
    }

    /// Every file of it as one text, to show and to keep.
    pub(super) fn shown(&self) -> String {
        let mut names = Vec::new();
        collect(self.place.path(), "", &mut names);
        names.sort();
        let own = names.iter().filter(|name| !name.ends_with("merged.yml"));
        own.map(|name| format!("--- {name}\n{}", self.text(name))).collect()
    }
}

fn collect(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
