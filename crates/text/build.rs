//! Turns `locales/<lang>/*.toml` into one method per message on [`Text`].
//!
//! `[user] title = "Users"` becomes `Text::user_title() -> &'static str`; a message with `{name}` becomes a
//! method that takes `name`. A message given as `{ one = "…", other = "…" }` takes the count as `n` first.
//! Every language must have the same keys with the same placeholders, else the build stops with the key's name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// First is the reference; the others must match it key by key.
const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("es", "Spanish")];

/// Messages of one language by method name.
type Catalogue = BTreeMap<String, Message>;

#[derive(Clone)]
struct Message {
    /// One text, or the texts for "one" and "other".
    forms: Vec<String>,
}

fn main() {
    let locales = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../locales");
    println!("cargo:rerun-if-changed={}", locales.display());
    let catalogues: Vec<(&str, Catalogue)> =
        LANGUAGES.iter().map(|(code, name)| (*name, read_catalogue(&locales.join(code)))).collect();
    for (name, catalogue) in &catalogues[1..] {
        compare(&catalogues[0].1, catalogue, name);
    }
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("catalogue.rs");
    fs::write(out, generate(&catalogues)).expect("OUT_DIR can be written");
}

fn read_catalogue(folder: &Path) -> Catalogue {
    let mut catalogue = Catalogue::new();
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("readable folder").path())
        .collect();
    files.sort();
    for file in files {
        let table: toml::Table = fs::read_to_string(&file)
            .expect("readable file")
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for (section, messages) in &table {
            let messages =
                messages.as_table().unwrap_or_else(|| panic!("{section} must be a table of messages"));
            for (key, value) in messages {
                let name = format!("{section}_{key}");
                let previous = catalogue.insert(name.clone(), Message { forms: forms(&name, value) });
                assert!(previous.is_none(), "{name} stands twice");
            }
        }
    }
    catalogue
}

fn forms(name: &str, value: &toml::Value) -> Vec<String> {
    if let Some(text) = value.as_str() {
        return vec![text.to_owned()];
    }
    ["one", "other"]
        .iter()
        .map(|form| {
            value
                .get(form)
                .and_then(toml::Value::as_str)
                .unwrap_or_else(|| panic!("{name} must be a text or {{ one = …, other = … }}"))
                .to_owned()
        })
        .collect()
}

/// The `{names}` of a message in order of first appearance; `n` first where the message counts.
fn placeholders(message: &Message) -> Vec<String> {
    let mut found = if message.forms.len() == 2 { vec!["n".to_owned()] } else { Vec::new() };
    for part in message.forms.iter().flat_map(|form| form.split('{').skip(1)) {
        let name = part.split('}').next().unwrap_or_default().to_owned();
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "bad placeholder in {:?}",
            message.forms
        );
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn compare(reference: &Catalogue, other: &Catalogue, language: &str) {
    for (name, message) in reference {
        let Some(theirs) = other.get(name) else { panic!("{language} lacks {name}") };
        assert!(
            theirs.forms.len() == message.forms.len(),
            "{language}: {name} counts, or does not, unlike English"
        );
        let (mut ours, mut theirs) = (placeholders(message), placeholders(theirs));
        ours.sort();
        theirs.sort();
        assert!(ours == theirs, "{language}: {name} has other placeholders: {theirs:?} instead of {ours:?}");
    }
    for name in other.keys() {
        assert!(reference.contains_key(name), "{language} has {name}, which English lacks");
    }
}

fn generate(catalogues: &[(&str, Catalogue)]) -> String {
    let mut code = String::from("impl Text {\n");
    for (name, message) in &catalogues[0].1 {
        let names = placeholders(message);
        writeln!(code, "/// {}", message.forms.join(" / ").replace('\n', " ")).expect("a String takes all");
        if names.is_empty() {
            writeln!(code, "pub fn {name}(self) -> &'static str {{ match self.language {{")
                .expect("as above");
            for (language, catalogue) in catalogues {
                writeln!(code, "Language::{language} => {:?},", catalogue[name].forms[0]).expect("as above");
            }
            code.push_str("} }\n");
            continue;
        }
        let parameters: String = names
            .iter()
            .map(|n| {
                if n == "n" && message.forms.len() == 2 {
                    ", n: i64".to_owned()
                } else {
                    format!(", {n}: impl std::fmt::Display")
                }
            })
            .collect();
        writeln!(code, "pub fn {name}(self{parameters}) -> String {{ match self.language {{")
            .expect("as above");
        for (language, catalogue) in catalogues {
            let arms =
                catalogue[name].forms.iter().map(|form| format!("format!({form:?})")).collect::<Vec<_>>();
            let body = if arms.len() == 2 {
                format!("if n == 1 {{ {} }} else {{ let n = self.number(n); {} }}", arms[0], arms[1])
            } else {
                arms[0].clone()
            };
            writeln!(code, "Language::{language} => {body},").expect("as above");
        }
        code.push_str("} }\n");
    }
    code.push_str("}\n");
    code
}
