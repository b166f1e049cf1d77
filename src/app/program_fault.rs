//! What keeps the system from running a hook or a tool.

use std::path::Path;

use crate::files::{self, shell_word};
use crate::project::is_executable;

/// Why the system cannot run a program.
pub(crate) struct ProgramFault {
    /// What is wrong: `is not executable`.
    pub(crate) what: &'static str,
    /// Why that matters; may be empty.
    pub(crate) why: &'static str,
    /// The command that mends it, for the program's name.
    pub(crate) mend: fn(&str) -> String,
}

/// What keeps the system from running a program, as far as its first bytes and its rights show.
pub(crate) fn fault_of(path: &Path) -> Option<ProgramFault> {
    let bytes = files::read_start(path).ok()?;
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.ends_with(b"\r") && first.starts_with(b"#!") {
        return Some(ProgramFault {
            what: "has the line ends of Windows",
            why: "the system looks for an interpreter whose name ends with a carriage return",
            mend: |name| format!("sed -i 's/\\r$//' {}", shell_word(name.as_ref())),
        });
    }
    if bytes.starts_with("\u{feff}".as_bytes()) {
        return Some(ProgramFault {
            what: "begins with a byte order mark",
            why: "the system does not see the `#!` behind it",
            mend: |name| format!("sed -i '1s/^\\xEF\\xBB\\xBF//' {}", shell_word(name.as_ref())),
        });
    }
    if !first.starts_with(b"#!") && !bytes.contains(&0) {
        return Some(ProgramFault {
            what: "does not say what runs it",
            why: "its first line is to be `#!` and an interpreter, for instance `#!/bin/sh`",
            mend: |name| format!("sed -i '1i #!/bin/sh' {}", shell_word(name.as_ref())),
        });
    }
    (!is_executable(path)).then_some(ProgramFault {
        what: "is not executable",
        why: "",
        mend: |name| format!("chmod +x {}", shell_word(name.as_ref())),
    })
}
