//! What can be wrong with something a person typed. The sentences stand in the message catalogue.

/// The word that a box, a list and the activity have for a flag.
pub fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

/// One field and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in forms and in the API.
    pub field: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was typed or chosen.
    Missing,
    /// More than `max` characters.
    TooLong {
        /// The most there may be.
        max: usize,
    },
    /// Fewer than `min` characters.
    TooShort {
        /// The fewest there may be.
        min: usize,
    },
    /// Control characters, line breaks or invisible marks.
    BadCharacters,
    /// A name that mail programs would show as an address.
    LikeAnAddress,
    /// Not one plain email address.
    NotAnEmail,
    /// More than one address.
    SeveralEmails,
    /// An address with letters outside ASCII.
    EmailNotAscii,
    /// Not one of the choices.
    NotAChoice,
    /// Not a number within the limits.
    NotInRange {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// Too easy to guess, or known from breaches.
    WeakPassword,
    /// No code of the second factor, or one that was used.
    WrongCode,
    /// No code of the app that is just being set up, when there are no recovery codes yet.
    WrongFirstCode,
    /// The code of another half minute nearby, which is used up by that.
    CodePassed,
    /// A user with this address is in the account already (U-01).
    AddressTaken,
    /// It is the present password, and another one is asked for (U-18).
    SamePassword,
    /// Whoever has this address wants no invitations from the account.
    Unwanted,
    /// Whoever reads at this address, which is no user's, has ended an alert or a summary of this account.
    Stopped,
    /// The address belongs to an account outside the inviter's account center (U-15).
    Elsewhere,
    /// Neither an account's number, nor a request link, nor an address (U-16).
    NamesNoAccount,
    /// The new address is the present one.
    SameAddress,
    /// It is the login one is signed in with, and another one is asked for (C-01).
    OwnLogin,
    /// Another one of the same kind in the account has this name.
    NameTaken,
    /// The password is not the present one of this sign-in.
    WrongPassword,
    /// Not a day of the calendar.
    NotADay,
    /// A day that has passed.
    DayPassed,
    /// That day is more than a year ahead.
    DayTooFar,
    /// Who asks everybody for a second factor has none.
    NoOwnSecondFactor,
    /// Fewer than so many were chosen.
    TooFew {
        /// The fewest there may be.
        min: usize,
    },
    /// More than so many were chosen.
    TooMany {
        /// The most there may be.
        max: usize,
    },
    /// Agents get no notification emails (L-05).
    NoEmails,
    /// Not one plain `https` address.
    NotALink,
    /// Not a colour as `#3a40c4` is one.
    NotAColor,
    /// A colour that white is not readable on.
    LowContrast {
        /// Its contrast, in hundredths.
        hundredths: u32,
    },
    /// Not a host name.
    NotAHost,
    /// The host is the server's own, or another account's.
    HostTaken,
    /// The host's record is not there, or is another one.
    HostUnproven,
    /// As many logos are kept as may be: mails that were sent show theirs.
    TooManyLogos,
    /// No name server answered whether the host's record is there.
    HostNoAnswer,
    /// No provider of single sign-on has answered there.
    NoProvider,
    /// What a provider of single sign-on signs with, or shows itself by, is too weak for the operator.
    ProviderTooWeak,
    /// The operator has not listed a host that would be gone to.
    HostNotListed,
    /// No account with single sign-on is called so.
    NoSingleSignOn,
    /// A picture that can carry scripts.
    SvgPicture,
    /// No picture, or none of a kind that is read.
    NotAPicture,
    /// A picture with more pixels on a side than it may have.
    PictureTooLarge {
        /// The most there may be.
        side: u32,
    },
    /// More bytes than are read.
    FileTooLarge,
}

/// Collects every field's error, so that a person sees them all at once.
#[derive(Debug, Default)]
pub struct Checker {
    errors: Vec<FieldError>,
}

impl Checker {
    /// The value, or `None` after noting what is wrong with `field`.
    pub fn take<T>(&mut self, field: &'static str, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.errors.push(FieldError { field, problem })).ok()
    }

    /// The value of several fields read together, or `None` after noting what is wrong with them.
    pub fn merge<T>(&mut self, value: Result<T, Vec<FieldError>>) -> Option<T> {
        value.map_err(|errors| self.errors.extend(errors)).ok()
    }

    /// Everything that was wrong, or `value`, which is `Some` whenever nothing was.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }
}
