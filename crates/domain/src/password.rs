//! Passwords: how long they may be. Strength is judged in `app::password`, which knows the word lists.

use crate::input::Problem;

/// The fewest characters.
pub const MIN: usize = 12;
/// The most characters.
pub const MAX: usize = 128;

/// Whether the length is right. There are no rules of composition.
pub fn check_length(typed: &str) -> Result<(), Problem> {
    match typed.chars().count() {
        0 => Err(Problem::Missing),
        n if n < MIN => Err(Problem::TooShort { min: MIN }),
        n if n > MAX => Err(Problem::TooLong { max: MAX }),
        _ => Ok(()),
    }
}
