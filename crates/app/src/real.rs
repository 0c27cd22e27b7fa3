//! The real clock, the real randomness and the key file. Nothing else in the product reads them.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::time::{Clock, Random, Timestamp};
use store::secret::Key;

/// The machine's clock.
pub struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random bits.
pub struct RealRandom;

impl Random for RealRandom {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random bits");
        bytes
    }
}

/// The installation's key from `folder/secret.key`, made at the first start and readable by its owner alone.
/// Several instances on one database share this file.
pub fn load_or_make_key(folder: &Path) -> io::Result<Key> {
    let file = folder.join("secret.key");
    match fs::read(&file) {
        Ok(bytes) => parse_key(&bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(&file),
        Err(error) => Err(error),
    }
}

fn parse_key(bytes: &[u8]) -> io::Result<Key> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "secret.key must hold exactly 32 bytes; restore it from a backup",
        )
    })?;
    Ok(Key::new(bytes))
}

/// Two processes may start at once: the file appears whole under its name, and whoever was first wins.
fn make_key(file: &Path) -> io::Result<Key> {
    let bytes = RealRandom.bytes();
    // Not by the process's id: in containers that share the folder, all have the same.
    let draft =
        file.with_extension(format!("draft-{}", data_encoding::HEXLOWER.encode(&RealRandom.bytes()[..8])));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&draft)?;
    out.write_all(&bytes)?;
    out.sync_all()?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(Key::new(bytes)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => parse_key(&fs::read(file)?),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with the file made readable for everybody.
    #[test]
    fn x06_the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = std::env::temp_dir().join(format!("rollcall-key-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let first = load_or_make_key(&folder).expect("made").fingerprint();
        assert_eq!(load_or_make_key(&folder).expect("read").fingerprint(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.join("secret.key")).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.join("secret.key"), b"short").expect("written");
        assert!(load_or_make_key(&folder).is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
