//! As much of the tar format as it takes to hand files to docker: plain files, by their paths.

use std::io::{self, Write};

const BLOCK: usize = 512;

/// Begins a file of so many bytes, which are to follow, and then [`end_file`].
pub(in crate::database) fn begin_file(to: &mut dyn Write, path: &str, bytes: u64) -> io::Result<()> {
    let (prefix, name) = split(path).ok_or_else(|| io::Error::other(format!("the path `{path}` is too long")))?;
    let mut header = [0; BLOCK];
    put(&mut header, 0, name);
    put(&mut header, 100, "0000600\0");
    put(&mut header, 108, "0000000\0");
    put(&mut header, 116, "0000000\0");
    put(&mut header, 124, &format!("{bytes:011o}\0"));
    put(&mut header, 136, "00000000000\0");
    put(&mut header, 148, "        ");
    put(&mut header, 156, "0");
    put(&mut header, 257, "ustar\x0000");
    put(&mut header, 345, prefix);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut header, 148, &format!("{sum:06o}\0 "));
    to.write_all(&header)
}

/// Fills up the last block of a file.
pub(in crate::database) fn end_file(to: &mut dyn Write, bytes: u64) -> io::Result<()> {
    let used = usize::try_from(bytes % BLOCK as u64).unwrap_or_default();
    to.write_all(&[0; BLOCK][..(BLOCK - used) % BLOCK])
}

/// Ends the archive.
pub(in crate::database) fn end(to: &mut dyn Write) -> io::Result<()> {
    to.write_all(&[0; 2 * BLOCK])
}

fn put(header: &mut [u8; BLOCK], at: usize, text: &str) {
    header[at..at + text.len()].copy_from_slice(text.as_bytes());
}

/// Folder and name, as long as the format has room for them.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let fits = |(at, _): &(usize, &str)| *at <= 155 && path.len() - at - 1 <= 100;
    let (at, _) = path.match_indices('/').find(fits)?;
    Some((&path[..at], &path[at + 1..]))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn tar_reads_it() {
        let long = format!("folder/{}/{}.bson", "d".repeat(90), "c".repeat(90));
        let mut archive = Vec::new();
        for (path, text) in [("folder/a/b.bson", "x".repeat(512)), (&long, "é".to_owned())] {
            begin_file(&mut archive, path, text.len() as u64).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
            end_file(&mut archive, text.len() as u64).unwrap();
        }
        end(&mut archive).unwrap();
        assert_eq!(archive.len() % BLOCK, 0);
        let mut tar =
            Command::new("tar").args(["-x", "-O"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        tar.stdin.take().unwrap().write_all(&archive).unwrap();
        let told = tar.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(told.stdout).unwrap(), format!("{}é", "x".repeat(512)));
        assert!(begin_file(&mut Vec::new(), &"x".repeat(101), 0).is_err());
    }
}
