//! What `./bin/package` makes: installed in a Debian that has nothing else, used there, and removed without a trace.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A Debian of `./bin/images`, without docker.
const DEBIAN: &str = "lapstrake/base:bookworm";

/// Each file of a folder: rights, name, sum.
const LISTING: &str = "find . -type f ! -name env.custom -printf '%m ' -exec sha256sum {} \\; | sort -k 3";

/// What a newcomer does with the package. What is listed afterwards goes to standard output.
const STORY: &str = r#"
everything() { find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/lib/dpkg -o -path /var/log \) -prune -o -print | sort; }
everything >/tmp/before
dpkg --install /tmp/lapstrake.deb >&2

lapstrake --version >&2
for file in bash-completion/completions/lapstrake zsh/vendor-completions/_lapstrake \
  fish/vendor_completions.d/lapstrake.fish doc/lapstrake/copyright man/man1/lapstrake.1.gz man/man1/lapstrake-up.1.gz; do
  dpkg --listfiles lapstrake | grep -qx "/usr/share/$file" || { echo "$file is missing" >&2; exit 1; }
done

lapstrake new /tmp/project >&2
cd /tmp/project
LISTING
lapstrake init --yes --set IMAGE_VERSION_COOG=coog-2.13 >&2
lapstrake configure >&2
test -s compose.yaml && test -s .env
. /usr/share/bash-completion/completions/lapstrake
COMP_WORDS=(lapstrake explain coo) COMP_CWORD=2 COMP_TYPE=9
_clap_complete_lapstrake lapstrake coo explain 2>/dev/null
[ "${COMPREPLY[*]}" = coog ]
status=0; lapstrake ps 2>/tmp/said || status=$?
[ "$status" = 4 ] && grep -q "docker is not installed" /tmp/said

dpkg --purge lapstrake >&2
everything | diff /tmp/before - >&2
"#;

#[test]
#[ignore = "builds a release: part of ./bin/test --all"]
fn the_package_is_installed_used_and_removed() {
    let package = package();
    let mount = format!("{}:/tmp/lapstrake.deb:ro", package.display());
    let story = STORY.replace("LISTING", LISTING);
    let mut docker = Command::new("docker");
    docker.args(["run", "--rm", "--network", "none", "--user", "0:0", "--volume", &mount, "--entrypoint", "bash"]);
    let installed = well(docker.args([DEBIAN, "-euo", "pipefail", "-c", &story]));

    // The program alone begins the same project.
    let folder = TempDir::new().expect("a folder");
    let project = folder.path().join("project");
    well(Command::new(env!("CARGO_BIN_EXE_lapstrake")).arg("new").arg(&project));
    assert_eq!(well(Command::new("bash").args(["-c", LISTING]).current_dir(&project)), installed);
}

/// Builds the package.
fn package() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = well(Command::new(root.join("bin/package")).current_dir(root));
    let paths: Vec<PathBuf> = said.lines().map(|line| root.join(line)).collect();
    let [program, package] = paths.as_slice() else { panic!("two paths: {said}") };
    let linked = Command::new("ldd").arg(program).output().expect("ldd");
    let linked = String::from_utf8_lossy(&linked.stdout).into_owned() + &String::from_utf8_lossy(&linked.stderr);
    assert!(linked.contains("statically linked") || linked.contains("not a dynamic executable"), "{linked}");
    package.clone()
}

/// Runs a command that must end well; what it wrote to standard output.
fn well(command: &mut Command) -> String {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
