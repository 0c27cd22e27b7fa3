//! Paths: `name.givenName`, `emails[type eq "work"].value`, `urn:ietf:params:scim:schemas:core:2.0:User:userName`
//! (RFC 7644, 3.5.2 and 3.10). Case says nothing in names.

use std::fmt;

use super::Unreadable;
use super::filter::{self, Filter};
use super::text::Reader;

/// The schemas that everything here is of: their names are left out.
const OWN: [&str; 2] =
    ["urn:ietf:params:scim:schemas:core:2.0:user", "urn:ietf:params:scim:schemas:core:2.0:group"];

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The schema, in lower case; empty: the core's.
    pub schema: String,
    /// The attribute, in lower case.
    pub name: String,
    /// Which of several values.
    pub filter: Option<Box<Filter>>,
    /// A part of it, in lower case.
    pub sub: Option<String>,
}

impl Path {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Path, Unreadable> {
        let mut reader = Reader::of(text)?;
        let path = read(&mut reader)?;
        reader.end()?;
        Ok(path)
    }

    /// The attribute and its part, whichever of several values is meant; nothing for what is of another schema.
    pub fn key(&self) -> Option<(&str, Option<&str>)> {
        self.schema.is_empty().then_some((self.name.as_str(), self.sub.as_deref()))
    }
}

pub(super) fn read(reader: &mut Reader) -> Result<Path, Unreadable> {
    let word = reader.word()?.to_ascii_lowercase();
    let (schema, rest) = match word.rsplit_once(':') {
        Some((schema, rest)) if schema.starts_with("urn:") => (schema, rest),
        Some(_) => return Err(Unreadable),
        None => ("", word.as_str()),
    };
    let (name, mut sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub.to_owned())),
        None => (rest, None),
    };
    let mut filter = None;
    if sub.is_none() && reader.take('[') {
        filter = Some(Box::new(reader.within(filter::read)?));
        reader.spaces();
        if !reader.take(']') {
            return Err(Unreadable);
        }
        if reader.take('.') {
            sub = Some(reader.word()?.to_ascii_lowercase());
        }
    }
    if !is_name(name) || sub.as_deref().is_some_and(|sub| !is_name(sub)) {
        return Err(Unreadable);
    }
    let schema = if OWN.contains(&schema) { "" } else { schema };
    Ok(Path { schema: schema.to_owned(), name: name.to_owned(), filter, sub })
}

/// A letter, then letters, digits, `-` and `_`; `$ref` besides.
fn is_name(name: &str) -> bool {
    let name = name.strip_prefix('$').unwrap_or(name);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.schema.is_empty() {
            write!(f, "{}:", self.schema)?;
        }
        f.write_str(&self.name)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: without lower case, and with the schema of the core left in place.
    #[test]
    fn a08_paths_are_read_as_directories_write_them() {
        let key = |text: &str| {
            let path = Path::parse(text).expect(text);
            path.key().map(|(name, sub)| (name.to_owned(), sub.map(str::to_owned)))
        };
        let is = |name: &str, sub: Option<&str>| Some((name.to_owned(), sub.map(str::to_owned)));
        assert_eq!(key("active"), is("active", None));
        assert_eq!(key("Name.GivenName"), is("name", Some("givenname")));
        assert_eq!(key("emails[type eq \"work\"].value"), is("emails", Some("value")));
        assert_eq!(key("urn:ietf:params:scim:schemas:core:2.0:User:userName"), is("username", None));
        assert_eq!(key("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"), None);
        assert_eq!(key("members[value eq \"USR1\"]"), is("members", None));
    }

    ///
    #[test]
    fn a08_what_is_no_path_is_refused() {
        let deep = format!("{}a pr{}", "a[".repeat(9), "]".repeat(9));
        let long = "a".repeat(1_025);
        for bad in [
            "", " ", "a b", "a.", ".a", "a..b", "a.b.c", "1a", "a[", "a[]", "a[b pr", "a[b pr].", "x:y",
            &deep, &long,
        ] {
            assert_eq!(Path::parse(bad), Err(Unreadable), "{bad}");
        }
    }
}
