//! Passwords that were seen in breaches, so that guessers have them, however good they look. The list is built in: nobody
//! is asked, and no password leaves the server. `scripts/breached-passwords` makes it, and says of what.

use store::secret::start_of_hash;

/// For each first two bytes of a hash how many there are, then the other two of all of them, sorted.
static SEEN: &[u8] = include_bytes!("breached.bin");
/// How many values two bytes have.
const STARTS: usize = 1 << 16;

/// How many characters those have that are on the list.
const LENGTHS: std::ops::RangeInclusive<usize> = 12..=20;

/// Whether it is among them. Of others as long, one in 3,000 is taken for one by chance.
pub(super) fn was_seen(password: &str) -> bool {
    if !LENGTHS.contains(&password.chars().count()) {
        return false;
    }
    let [a, b, rest @ ..] = start_of_hash(password);
    let start = usize::from(u16::from_be_bytes([a, b]));
    let (counts, others) = SEEN.split_at(STARTS);
    let before: usize = counts[..start].iter().map(|count| usize::from(*count)).sum();
    others[2 * before..].chunks_exact(2).take(usize::from(counts[start])).any(|other| other == rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: with the count of the hashes before one too few.
    #[test]
    fn a01_what_was_seen_in_breaches_is_known() {
        for seen in ["SatisfactoryFan2", "24S2qzmD73I8U", "JQ3b7npNJQ3b7npN", "sonnygeb40123", "lunaluna3232"]
        {
            assert!(was_seen(seen), "{seen}");
        }
        for other in ["SatisfactoryFan3", "satisfactoryfan2", "24S2qzmD73I8V", ""] {
            assert!(!was_seen(other), "{other}");
        }
        let all: usize = SEEN[..STARTS].iter().map(|count| usize::from(*count)).sum();
        assert_eq!(SEEN.len(), STARTS + 2 * all);
        assert!(all > 1_400_000);
    }
}
