//! Why the program ends without having done what it was asked for.

use std::io::Write as _;
use std::process::ExitCode;

use crate::line::tame;

/// Why the program ends: sentences for whoever started it.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    sentences: Vec<String>,
}

impl Failure {
    /// Something did not work.
    pub(crate) fn new(sentence: impl Into<String>) -> Failure {
        Failure { code: 1, sentences: vec![sentence.into()] }
    }

    /// Several values of a command are wrong.
    pub(crate) fn all(sentences: Vec<String>) -> Failure {
        Failure { code: 1, sentences }
    }

    /// Settings are wrong.
    pub(crate) fn settings(sentences: Vec<String>) -> Failure {
        Failure { code: 2, sentences }
    }

    /// The command line is wrong.
    pub(crate) fn usage(error: &clap::Error) -> Failure {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let what = text
            .split("\n\nUsage")
            .next()
            .unwrap_or_default()
            .split("\n\nFor more")
            .next()
            .unwrap_or_default();
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut letters = what.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        let sentence = format!("{first}{}. `rollcall help` tells what there is.", letters.as_str());
        Failure { code: 2, sentences: vec![sentence] }
    }

    /// Tells it on stderr: to a person one sentence a line, else as one line of JSON.
    pub(crate) fn tell(&self, to_person: bool) -> ExitCode {
        let lines = match to_person {
            true => self.sentences.join("\n"),
            false => tame(&serde_json::json!({ "error": self.sentences.join(" ") }).to_string()),
        };
        // If nobody listens any more, the exit code still tells it.
        let _ = writeln!(std::io::stderr().lock(), "{lines}");
        ExitCode::from(self.code)
    }
}
