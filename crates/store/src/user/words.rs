//! What a user can be found by, and what somebody who searches has typed.
//!
//! A typed word is a whole word of a name, but for the last, which may be the beginning of one: so it is while
//! somebody types. Every two words of a name are kept behind each other, so that `dana rey` is one place in an index,
//! however many Danas there are. An address is found by its beginning or by its host.

use std::collections::BTreeSet;

use domain::email::canonical;
use domain::name;
use domain::user::Names;

/// Words of a name beyond these are found by themselves, not with others.
const PAIRED: usize = 6;
/// How many typed words are looked at beside the last two; the first ones of more are passed over.
pub(crate) const OTHERS: usize = 3;
/// Sorts after every text that goes on behind a beginning, and after every id.
pub(crate) const LAST: &str = "\u{10ffff}";

/// All that a user is found by.
pub(crate) fn terms(names: &Names, email: &str) -> BTreeSet<String> {
    let key = name::sort_key(&[&names.first, &names.last, &names.display]);
    let mut words: Vec<&str> = Vec::new();
    for word in key.split(' ').filter(|word| !word.is_empty()) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let paired = &words[..words.len().min(PAIRED)];
    let pairs = paired.iter().flat_map(|one| {
        paired.iter().filter(move |other| *other != one).map(move |other| format!("{one} {other} "))
    });
    let alone = if words.len() == 1 { &words[..] } else { &words[paired.len()..] };
    let alone = alone.iter().map(|word| format!("{word} "));
    let email = canonical(email);
    let host = email.rsplit('@').next().unwrap_or_default().to_owned();
    pairs.chain(alone).chain([email, host]).filter(|term| !term.is_empty()).collect()
}

/// What somebody searches for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Search {
    /// What one of the user's terms begins with.
    pub(crate) term: String,
    /// Other words of the names; empty for none.
    pub(crate) others: [String; OTHERS],
}

impl Search {
    /// Reads what was typed; `None` for nothing. A word that another one begins with says nothing more.
    pub(crate) fn of(typed: &str) -> Option<Search> {
        let key = name::sort_key(&[&searchable(typed)]);
        let mut words: Vec<&str> = key.split(' ').filter(|word| !word.is_empty()).collect();
        let last = words.pop()?;
        let mut whole: Vec<&str> = Vec::new();
        for word in words {
            if !whole.contains(&word) {
                whole.push(word);
            }
        }
        let is_whole = whole.iter().any(|word| word.starts_with(last));
        let last = if is_whole {
            format!("{} ", whole.pop().expect("one begins with the last"))
        } else {
            last.to_owned()
        };
        let term = whole.pop().map_or(last.clone(), |word| format!("{word} {last}"));
        let mut others: [String; OTHERS] = Default::default();
        for (place, word) in others.iter_mut().zip(whole.iter().rev()) {
            *place = (*word).to_owned();
        }
        Some(Search { term, others })
    }
}

/// What the engines take: PostgreSQL no NUL. No name reaches 200 letters.
fn searchable(typed: &str) -> String {
    typed.chars().take(200).map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(first: &str, last: &str, display: &str) -> Vec<String> {
        let names = Names { first: first.into(), last: last.into(), display: display.into() };
        terms(&names, "Dana@Example.com").into_iter().collect()
    }

    /// U-05
    #[test]
    fn u05_names_are_found_by_every_two_words() {
        let found = ["dana reyes ", "dana@example.com", "example.com", "reyes dana "];
        assert_eq!(of("Dana", "Reyes", ""), found);
        assert_eq!(of("Dana", "Reyes", "dana"), found);
        assert_eq!(of("Sales", "", ""), ["dana@example.com", "example.com", "sales "]);
        assert_eq!(of("a b c d e f g", "", "").len(), 6 * 5 + 1 + 2);
        assert!(of("a b c d e f g", "", "").contains(&"g ".to_owned()));
    }

    /// U-05
    #[test]
    fn u05_the_last_typed_word_may_be_a_beginning() {
        let search = |typed: &str| Search::of(typed).map(|search| (search.term, search.others.concat()));
        let said = |term: &str, others: &str| Some((term.to_owned(), others.to_owned()));
        assert_eq!(search("  "), None);
        assert_eq!(search(" DAN"), said("dan", ""));
        assert_eq!(search("dana Rey"), said("dana rey", ""));
        assert_eq!(search("dana dan"), said("dana ", ""));
        assert_eq!(search("dana dana reyes"), said("dana reyes", ""));
        assert_eq!(search("reyes dana re"), said("reyes dana ", ""));
        assert_eq!(search("a b c d"), said("c d", "ba"));
        assert_eq!(search("a b c d e f g"), said("f g", "edc"));
    }
}
