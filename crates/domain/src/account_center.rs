//! Account centers: accounts that one agency manages together (C-03 to C-13).

use crate::access::Refusal;
use crate::input::{Checker, FieldError, Problem};
use crate::name;

/// With fewer accounts there is nothing to manage together (C-03).
pub const LEAST_ACCOUNTS: usize = 2;

/// Whether so many accounts make a center.
pub fn enough(accounts: usize) -> Result<(), Problem> {
    if accounts < LEAST_ACCOUNTS { Err(Problem::TooFew { min: LEAST_ACCOUNTS }) } else { Ok(()) }
}

/// How somebody stands to an account center, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Administrator of some of its accounts.
    Somewhere,
    /// Administrator of all of its accounts, each by itself and for good (C-04).
    Everywhere,
    /// Executive administrator: of every account there is and will be (C-10).
    Executive,
}

/// What is known of a person when it is asked how they stand to an account center.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// They are an executive administrator of it.
    pub executive: bool,
    /// They are an active administrator of at least one of its accounts.
    pub somewhere: bool,
    /// They are so in all of them, without an end.
    pub everywhere: bool,
}

/// How a person stands to an account center; `None` where they may not even know of it.
pub fn standing(facts: Facts) -> Option<Standing> {
    match facts {
        Facts { executive: true, .. } => Some(Standing::Executive),
        Facts { somewhere: true, everywhere: true, .. } => Some(Standing::Everywhere),
        Facts { somewhere: true, .. } => Some(Standing::Somewhere),
        _ => None,
    }
}

/// Whether somebody who stands so may do what takes at least `least`.
pub fn decide(standing: Standing, least: Standing) -> Result<(), Refusal> {
    if standing >= least { Ok(()) } else { Err(Refusal::Center(least)) }
}

/// A type that stands for a standing in a pass.
pub trait Wants: Clone + Send + Sync + 'static {
    /// What it takes at least.
    const LEAST: Standing;
}

macro_rules! wants {
    ($($(#[$doc:meta])* $name:ident = $standing:ident;)*) => {
        /// What a pass of an account center is for.
        pub mod proof {
            use super::{Standing, Wants};
            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl Wants for $name {
                    const LEAST: Standing = Standing::$standing;
                }
            )*
        }
    };
}

wants! {
    /// To see it and the accounts of one's own.
    InCenter = Somewhere;
    /// To see everything of it.
    AllOfCenter = Everywhere;
    /// To change it.
    RunsCenter = Executive;
}

/// What an account center is made with or changed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CenterDetails {
    /// Its name.
    pub name: String,
    /// Whether administrators of its accounts may set temporary passwords (C-06).
    pub temporary_passwords: bool,
}

impl CenterDetails {
    /// Reads what was typed.
    pub fn parse(name: &str, temporary_passwords: bool) -> Result<CenterDetails, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(name));
        check.finish((|| Some(CenterDetails { name: name?, temporary_passwords }))())
    }
}

/// What becomes of the accounts of somebody who is an executive administrator no more (C-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// They stay in those there are now, as an administrator like any other.
    Keep,
    /// They keep only what was given to them directly.
    TakeBack,
}

impl Afterwards {
    /// From the word of a form. Nothing else is taken for either: one gives what the other takes back.
    pub fn of_word(word: &str) -> Option<Afterwards> {
        match word {
            "keep" => Some(Afterwards::Keep),
            "take-back" => Some(Afterwards::TakeBack),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C-04, C-10: every combination of facts.
    #[test]
    fn c04_c10_standing_is_the_greatest_that_the_facts_give() {
        for n in 0..8 {
            let facts = Facts { executive: n & 1 > 0, somewhere: n & 2 > 0, everywhere: n & 4 > 0 };
            let wanted = match (facts.executive, facts.somewhere, facts.everywhere) {
                (true, ..) => Some(Standing::Executive),
                (_, true, true) => Some(Standing::Everywhere),
                (_, true, false) => Some(Standing::Somewhere),
                // "All of none" gives nothing.
                (_, false, _) => None,
            };
            assert_eq!(standing(facts), wanted, "{facts:?}");
        }
    }

    /// C-12
    #[test]
    fn c12_each_standing_opens_what_lesser_ones_do() {
        let all = [Standing::Somewhere, Standing::Everywhere, Standing::Executive];
        for (at, has) in all.into_iter().enumerate() {
            for (wanted, least) in all.into_iter().enumerate() {
                let decided = decide(has, least);
                assert_eq!(decided, if at >= wanted { Ok(()) } else { Err(Refusal::Center(least)) });
            }
        }
    }
}
