//! Files with secrets, as vaults and service managers hand them out. No sentence repeats what stands in one.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::sources::Given;

/// The text of the file that a setting names, without the end of its line.
pub(super) fn read(named: &Given) -> Result<Given, String> {
    let file = check(named)?;
    let name = format!("{} ({})", named.name, file.display());
    let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => format!("{name} must be text in UTF-8."),
        _ => unreadable(&name, &error),
    })?;
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{name} is empty: the secret is to stand in it."));
    }
    Ok(Given { name, text: text.to_owned() })
}

/// The file that a setting names, where it is one that not everybody may read or change.
pub(super) fn check(named: &Given) -> Result<PathBuf, String> {
    let file = PathBuf::from(named.text.trim());
    let name = format!("{} ({})", named.name, file.display());
    let about = fs::metadata(&file).map_err(|error| unreadable(&name, &error))?;
    if !about.is_file() {
        return Err(format!("{name} is no file."));
    }
    if about.permissions().mode() & 0o006 != 0 {
        return Err(format!(
            "{name} can be read or changed by everybody on this machine: close it with chmod 600."
        ));
    }
    if about.len() == 0 {
        return Err(format!("{name} is empty: the secret is to stand in it."));
    }
    Ok(file)
}

fn unreadable(name: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("{name} is not there: name the file that holds the secret."),
        _ => format!("{name} cannot be read: {error}."),
    }
}
