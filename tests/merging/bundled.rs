//! The bundled stack with every fragment: docker compose reads the deployment as it reads its parts.

use super::checkout::run;
use crate::support::Workspace;

const VALUES: &str = "\
IMAGE_VERSION_DEFAULT=1.0
FILESYSTEM_ROOT=/srv/coog
JWT_ENCRYPTION=0123456789abcdef0123456789abcdef
COOG_GATEWAY_TOKEN=0123456789abcdef
CUSTOM_POSTGRES_PASSWORD='p$w\"d'
ENABLE_SFTP=true
";

#[test]
fn the_bundled_stack_with_all_services_is_verified() {
    let workspace = Workspace::empty();
    let folder = workspace.path("stack");
    let program = env!("CARGO_BIN_EXE_lapstrake");
    let (well, _, said) = run(&workspace.root(), program, &["new", folder.to_str().expect("a path")]);
    assert!(well, "{said}");
    let workspace = workspace.file("stack/env.custom", VALUES).file("stack/disabled_services", "");
    let (well, _, said) = run(&folder, program, &["configure", "--verify"]);
    assert!(well && said.contains("docker compose reads both sides the same."), "{said}");
    let (well, shown, said) = run(&folder, program, &["configure", "--check", "--diff"]);
    assert!(well && shown.is_empty(), "{shown}{said}");
    drop(workspace);
}
