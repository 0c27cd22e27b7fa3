//! Temporary passwords: what an administrator gives somebody who has no login yet, to open their invitation with (C-06).

use crate::time::Span;

/// How long one works.
pub const LIFETIME: Span = Span::hours(72);
/// How long whoever has typed it may take to choose their own.
pub const TICKET: Span = Span::minutes(15);

/// Letters and digits that nobody takes for another, read out or written down.
const LETTERS: &[u8; 29] = b"abcdefghjkmnpqrstuvwxyz346789";
/// How many of them in how many groups: more than 75 bits.
const GROUPS: (usize, usize) = (4, 4);

/// A temporary password made of random bytes.
pub fn generate(bytes: &[u8; 32]) -> String {
    let letters: Vec<char> = bytes
        .iter()
        // Bytes that would make some letters likelier than others are left out.
        .filter(|byte| usize::from(**byte) < 256 / LETTERS.len() * LETTERS.len())
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .take(GROUPS.0 * GROUPS.1)
        .collect();
    let groups: Vec<String> = letters.chunks(GROUPS.1).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C-06. Seen to fail: with no byte left out, and with one group less.
    #[test]
    fn c06_generated_ones_are_long_and_every_letter_is_as_likely() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7 % 256).unwrap_or_default());
        let made = generate(&bytes);
        assert_eq!(made.len(), 19, "{made}");
        assert!(made.split('-').all(|group| group.len() == 4), "{made}");
        let mut counts = std::collections::BTreeMap::<char, usize>::new();
        for byte in 0..=u8::MAX {
            for letter in generate(&[byte; 32]).chars().take(1) {
                *counts.entry(letter).or_default() += 1;
            }
        }
        assert_eq!(counts.len(), LETTERS.len(), "{counts:?}");
        assert!(counts.values().all(|count| *count == 8), "{counts:?}");
    }
}
