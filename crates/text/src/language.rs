//! The languages there are, and which of them somebody wants.

/// A language that pages and mails are written in (I-08).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the reference.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All there are, the reference first.
    pub const ALL: [Language; 2] = [Language::English, Language::Spanish];

    /// The code for `<html lang>`, for cookies and for the database.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// What it calls itself: whoever looks for their language need not read another to find it.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Spanish => "Español",
        }
    }

    /// The language of a code; `None` for what is none of ours, such as the empty one.
    pub fn of_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language that an `Accept-Language` header likes best of those there are: `es-MX` is `es`, and `*` is the
    /// reference. `None` where it likes none of them.
    pub fn of_header(header: &str) -> Option<Language> {
        let mut best = None;
        for (language, quality) in header.split(',').filter_map(wish) {
            // The first of equals stands.
            if quality > best.map_or(0, |(_, quality)| quality) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// One wish of the header, `es-MX;q=0.8`: a language of ours, and how much it is liked in thousandths.
fn wish(wish: &str) -> Option<(Language, u32)> {
    let (tag, parameter) = wish.split_once(';').unwrap_or((wish, "q=1"));
    let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
    let language = if primary == "*" { Some(Language::default()) } else { Language::of_code(&primary) }?;
    let quality: f32 = parameter.trim().strip_prefix("q=")?.parse().ok()?;
    (0.0..=1.0).contains(&quality).then_some((language, (quality * 1_000.0) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-08. Seen to fail: with the last of equals taken.
    #[test]
    fn i08_the_best_liked_language_of_a_header() {
        let (english, spanish) = (Some(Language::English), Some(Language::Spanish));
        for (header, wanted) in [
            ("es", spanish),
            ("es-MX,es;q=0.9,en;q=0.8", spanish),
            ("ES-419", spanish),
            ("en;q=0.5, es;q=0.7", spanish),
            ("en-US,en;q=0.9,es;q=0.8", english),
            ("fr-FR, es;q=0.2, de;q=0.9", spanish),
            ("en, es", english),
            ("*", english),
            ("fr, *;q=0.5, es;q=0.4", english),
            ("es;q=0, en;q=0.1", english),
            ("fr, de;q=0.3", None),
            ("", None),
            ("es;q=2", None),
            ("es;q=NaN", None),
            ("es;level=1", None),
            (",;,q=1", None),
            ("español", None),
        ] {
            assert_eq!(Language::of_header(header), wanted, "{header}");
        }
    }

    #[test]
    fn codes_lead_back_to_their_languages() {
        for language in Language::ALL {
            assert_eq!(Language::of_code(language.code()), Some(language));
        }
        assert_eq!(Language::of_code(""), None);
        assert_eq!(Language::of_code("fr"), None);
    }
}
