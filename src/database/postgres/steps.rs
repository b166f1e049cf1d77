//! The steps of a replacement, at which tests stop a command to do something else meanwhile.

/// Tells that a step was reached. With the feature of the tests and `LAPSTRAKE_TEST_STEPS=FOLDER`, it creates
/// `FOLDER/STEP` and waits until `FOLDER/STEP.continue` exists, if `FOLDER/STEP.wait` does; otherwise it does nothing.
#[cfg(feature = "test-fakes")]
pub fn reached(step: &str) {
    let Some(folder) = std::env::var_os("LAPSTRAKE_TEST_STEPS").map(std::path::PathBuf::from) else { return };
    if !folder.join(format!("{step}.wait")).exists() {
        return;
    }
    let _ = std::fs::File::create(folder.join(step));
    while folder.exists() && !folder.join(format!("{step}.continue")).exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Does nothing outside of tests.
#[cfg(not(feature = "test-fakes"))]
pub fn reached(_: &str) {}
