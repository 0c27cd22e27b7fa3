//! Answers recorded for the bare server.

use std::fs;

use super::Result;
use super::process::Server;

/// Records what the server answers at these paths, each asked for with a header; the files, in that order.
pub(super) fn record(server: &Server, asked: &[(String, &String)], folder: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for (number, (path, with)) in asked.iter().enumerate() {
        let answer = server.get(path, with)?;
        if !answer.starts_with(b"HTTP/1.1 200 ") {
            return Err(format!("{path} is not answered as it should be"));
        }
        let file = format!("{folder}/answer{number}");
        fs::write(&file, answer).map_err(|error| format!("{file} cannot be written: {error}"))?;
        files.push(file);
    }
    Ok(files)
}
