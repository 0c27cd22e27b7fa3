//! The file of the installation's keys. The first key is 32 bytes and nothing else. As soon as it is replaced the file is a text: a line
//! that says what it is, and a line for each key, newest first: its number, its algorithm, when it was made, and its bytes.
//!
//! ```text
//! rollcall keys
//! 2 hmac-sha256 1795000000 hwN3…
//! 1 hmac-sha256 0 pA8c…
//! ```

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::Path;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::time::Timestamp;
use store::secret::Key;

/// The first line.
const TITLE: &str = "rollcall keys";
/// The one algorithm that keys are for so far. Another one gets a name of its own.
const ALGORITHM: &str = "hmac-sha256";
/// The most there may be, so that nothing is looked for with ever more of them.
pub const MOST: usize = 10;

/// The keys of a file, newest first. They are not for printing.
#[derive(Clone)]
pub struct KeyFile(Vec<Kept>);

/// Why keys could not be put in the place of others.
#[derive(Debug)]
pub enum NotReplaced {
    /// The file is as it was.
    Before(io::Error),
    /// The file has them, and what comes after that failed: it may not be on disk, or drafts of before still lie beside it.
    After(io::Error),
}

#[derive(Clone)]
struct Kept {
    number: i64,
    /// In seconds; 0 for the first, of which nobody knows.
    made_at: i64,
    bytes: [u8; 32],
}

impl KeyFile {
    /// Reads the file.
    pub fn read(file: &Path) -> io::Result<KeyFile> {
        let broken = || {
            let what = "it must hold the lines that rollcall has written, or exactly 32 bytes; restore it from a backup";
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        KeyFile::parse(&fs::read(file)?).ok_or_else(broken)
    }

    /// Reads the file, or makes it where it is missing, readable by its owner alone. Two processes may start at once: the file appears
    /// whole under its name, and whoever was first wins. `random` gives 32 bytes at a time.
    pub fn read_or_make(file: &Path, random: fn() -> [u8; 32]) -> io::Result<KeyFile> {
        match KeyFile::read(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        let draft = write_draft(file, &random(), random)?;
        let linked = fs::hard_link(&draft, file);
        fs::remove_file(&draft)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => KeyFile::read(file),
        }
    }

    fn parse(content: &[u8]) -> Option<KeyFile> {
        if let Ok(bytes) = content.try_into() {
            return Some(KeyFile(vec![Kept { number: 1, made_at: 0, bytes }]));
        }
        let mut lines = str::from_utf8(content).ok()?.lines();
        if lines.next() != Some(TITLE) {
            return None;
        }
        let keys: Vec<Kept> = lines.map(Kept::parse).collect::<Option<_>>()?;
        let in_order = keys.is_sorted_by(|newer, older| newer.number > older.number);
        (in_order && (1..=MOST).contains(&keys.len())).then_some(KeyFile(keys))
    }

    /// The keys, to be used.
    pub fn key(&self) -> Key {
        Key::of(self.0.iter().map(|kept| (kept.number, kept.bytes)))
    }

    /// Their numbers, newest first.
    pub fn numbers(&self) -> Vec<i64> {
        self.0.iter().map(|kept| kept.number).collect()
    }

    /// When the newest was made.
    pub fn made_at(&self) -> Timestamp {
        Timestamp::from_micros(self.0[0].made_at * 1_000_000)
    }

    /// The same with a new key in front; `None` where there are as many as there may be.
    pub fn with_new(&self, bytes: [u8; 32], now: Timestamp) -> Option<KeyFile> {
        let new = Kept { number: self.0[0].number + 1, made_at: now.micros() / 1_000_000, bytes };
        let keys: Vec<Kept> = [new].into_iter().chain(self.0.iter().cloned()).collect();
        (keys.len() <= MOST).then_some(KeyFile(keys))
    }

    /// The newest alone.
    pub fn newest_alone(&self) -> KeyFile {
        KeyFile(self.0[..1].to_vec())
    }

    /// Puts these keys in the place of those in the file, which is whole at any moment and stays its owner's. Where the file is a link
    /// to another, that one gets them, and the link stays.
    pub fn replace(&self, file: &Path, random: fn() -> [u8; 32]) -> Result<(), NotReplaced> {
        let file = fs::canonicalize(file).map_err(NotReplaced::Before)?;
        self.rename_to(&file, random).map_err(NotReplaced::Before)?;
        tidy_up(&file).map_err(NotReplaced::After)
    }

    fn rename_to(&self, file: &Path, random: fn() -> [u8; 32]) -> io::Result<()> {
        let draft = write_draft(file, self.text().as_bytes(), random)?;
        keep_owner(file, &draft).and_then(|()| fs::rename(&draft, file)).or_else(|error| {
            fs::remove_file(&draft)?;
            Err(error)
        })
    }

    /// Writes them into a file that is not there yet.
    pub fn write_new(&self, file: &Path) -> io::Result<()> {
        let mut out = create(file)?;
        out.write_all(self.text().as_bytes())?;
        out.sync_all()
    }

    fn text(&self) -> String {
        let lines = self.0.iter().map(|Kept { number, made_at, bytes }| {
            format!("{number} {ALGORITHM} {made_at} {}\n", BASE64URL_NOPAD.encode(bytes))
        });
        [format!("{TITLE}\n")].into_iter().chain(lines).collect()
    }
}

impl Kept {
    fn parse(line: &str) -> Option<Kept> {
        let mut parts = line.split(' ');
        let (number, algorithm, made_at) =
            (parts.next()?.parse().ok()?, parts.next()?, parts.next()?.parse().ok()?);
        let bytes = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?.try_into().ok()?;
        let is_known = algorithm == ALGORITHM && number > 0 && (0..=MOST_SECONDS).contains(&made_at);
        (is_known && parts.next().is_none()).then_some(Kept { number, made_at, bytes })
    }
}

/// The year 9999, far within what a moment can be.
const MOST_SECONDS: i64 = 253_402_300_799;

/// A file beside this one with its future content, on disk. Not named by the process's id: in containers that share the folder, all
/// have the same.
fn write_draft(file: &Path, content: &[u8], random: fn() -> [u8; 32]) -> io::Result<std::path::PathBuf> {
    let draft = file.with_extension(format!("draft-{}", HEXLOWER.encode(&random()[..8])));
    let mut out = create(&draft)?;
    out.write_all(content)?;
    out.sync_all()?;
    Ok(draft)
}

/// Has a draft read by whoever reads the file, and by nobody else: a command is often typed as root, and the server is somebody else.
fn keep_owner(file: &Path, draft: &Path) -> io::Result<()> {
    let (present, mine) = (fs::metadata(file)?, fs::metadata(draft)?);
    if (present.uid(), present.gid()) != (mine.uid(), mine.gid()) {
        chown(draft, Some(present.uid()), Some(present.gid()))?;
    }
    fs::set_permissions(draft, Permissions::from_mode(present.mode() & 0o660))
}

/// That the file has another content by now must outlast a loss of power, as what is written with it does; and nothing of what it had
/// may be left.
fn tidy_up(file: &Path) -> io::Result<()> {
    File::open(folder_of(file))?.sync_all()?;
    remove_drafts(file)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what somebody has left who was killed while they wrote: keys that are forgotten must not stand there. Nobody else writes
/// beside whoever replaces keys, and where the file is there nobody makes it.
fn remove_drafts(file: &Path) -> io::Result<()> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    for entry in fs::read_dir(folder_of(file))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&format!("{name}.draft-")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A new file for its owner alone.
fn create(file: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("rollcall-key-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    fn uid(file: &Path) -> u32 {
        fs::metadata(file).expect("there").uid()
    }

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).expect("there").mode() & 0o777
    }

    /// X-06. Seen to fail: with the file made readable for everybody.
    #[test]
    fn x06_the_key_is_made_once_and_only_its_owner_reads_it() {
        let folder = folder("made");
        let file = folder.join("secret.key");
        let make = || KeyFile::read_or_make(&file, || [3; 32]);
        let first = make().expect("made").key().fingerprint();
        assert_eq!(make().expect("read").key().fingerprint(), first);
        assert_eq!(fs::read(&file).expect("there"), [3; 32]);
        assert_eq!(mode(&file), 0o600);
        fs::write(&file, b"short").expect("written");
        assert!(make().is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }

    /// X-06. Seen to fail: with a draft of before left there, and with the file left to whoever types the command.
    #[test]
    fn x06_replaced_keys_are_read_again_newest_first_and_by_their_owner_alone() {
        let folder = folder("replaced");
        let file = folder.join("secret.key");
        let first = KeyFile::read_or_make(&file, || [1; 32]).expect("made");
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let both = first.with_new([2; 32], now).expect("room");
        fs::write(folder.join("secret.draft-00"), "left by somebody who was killed").expect("written");
        // Whoever runs the tests as root sees that the file stays the server's.
        let owner = if chown(&file, Some(4_321), Some(4_321)).is_ok() { 4_321 } else { uid(&file) };
        both.replace(&file, || [9; 32]).expect("written");
        assert_eq!(uid(&file), owner);
        let read = KeyFile::read(&file).expect("read");
        assert_eq!((read.numbers(), read.made_at()), (vec![2, 1], now));
        assert_eq!(read.key().fingerprint(), Key::new([2; 32]).fingerprint());
        let older = read.key().numbered(1).expect("kept");
        assert_eq!(older.fingerprint(), first.key().fingerprint());
        assert_eq!(read.newest_alone().numbers(), [2]);
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "no draft is left");
        let (mut full, mut count) = (read, 2);
        while let Some(more) = full.with_new([7; 32], now) {
            (full, count) = (more, count + 1);
        }
        assert_eq!(count, MOST);
        assert!(full.write_new(&file).is_err(), "what is there is not written over");
        fs::remove_dir_all(&folder).expect("removed");
    }

    /// X-06. Seen to fail: with a link taken for the file.
    #[test]
    fn x06_a_link_to_the_file_stays_one_and_what_fails_after_the_change_is_told_as_that() {
        let folder = folder("linked");
        let (file, link) = (folder.join("real/secret.key"), folder.join("secret.key"));
        fs::create_dir_all(folder.join("real/secret.draft-00")).expect("made");
        let first = KeyFile::read_or_make(&file, || [1; 32]).expect("made");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        let both = first.with_new([2; 32], Timestamp::from_micros(0)).expect("room");
        let failed = both.replace(&link, || [9; 32]);
        assert!(matches!(failed, Err(NotReplaced::After(_))), "a draft that is a folder stays: {failed:?}");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        assert_eq!(KeyFile::read(&file).expect("read").numbers(), [2, 1]);
        fs::remove_dir(folder.join("real/secret.draft-00")).expect("removed");
        both.newest_alone().replace(&link, || [9; 32]).expect("written");
        assert_eq!(KeyFile::read(&link).expect("read").numbers(), [2]);
        let nowhere = both.replace(&folder.join("none/secret.key"), || [9; 32]);
        assert!(matches!(nowhere, Err(NotReplaced::Before(_))));
        fs::remove_dir_all(&folder).expect("removed");
    }

    /// X-06: a text that was cut or changed is no key. Seen to fail: with any order taken, and with any algorithm.
    #[test]
    fn x06_what_is_no_file_of_ours_is_no_key() {
        let line = |number: &str, algorithm: &str| {
            format!("{number} {algorithm} 0 {}\n", BASE64URL_NOPAD.encode(&[5; 32]))
        };
        let (one, two) = (line("1", ALGORITHM), line("2", ALGORITHM));
        assert!(KeyFile::parse(format!("{TITLE}\n{two}{one}").as_bytes()).is_some());
        for broken in [
            String::new(),
            "x".repeat(33),
            format!("{TITLE}\n"),
            format!("{TITLE}\n{one}{two}"),
            format!("{TITLE}\n{one}{one}"),
            format!("{TITLE}\n{two}{}", &one[..30]),
            format!("{TITLE}\n{}", line("0", ALGORITHM)),
            format!("{TITLE}\n{}", line("1", "hmac-sha1")),
            format!("{two}{one}"),
        ] {
            assert!(KeyFile::parse(broken.as_bytes()).is_none(), "{broken:?}");
        }
    }
}
