//! Why an operation did not happen.

use domain::access::Refusal;
use domain::access_change::{Already, Obstacle, Part};
use domain::input::{FieldError, Problem};
use domain::user::UserStatus;
use store::attempt::Exceeded;
use store::db::DbError;
use store::pass::{Denied, HasPlace, Helper, LinkState, Seeing};

use crate::password::Busy;

/// Why an operation did not happen. Nothing of it was kept.
#[derive(Debug)]
pub enum Refused {
    /// Nobody is signed in.
    SignedOut,
    /// There is nothing here that this person may know of.
    NotFound,
    /// The person may see it but not do this (P-17).
    Forbidden {
        /// Why not.
        refusal: Refusal,
        /// Administrators who can give what is missing.
        ask: Vec<Helper>,
    },
    /// A mailed link that does not work.
    Link(LinkState),
    /// They see an account as somebody else, or did until now, and that does not open this.
    SeeingAs(Box<Seeing>),
    /// It is too long ago that they showed all that they sign in with.
    Unproven,
    /// Fields to be mended.
    Invalid(Vec<FieldError>),
    /// Something stands in the way.
    Conflict(Conflict),
    /// Too often.
    TooMany(Exceeded),
    /// Too many others ask for the same at this moment; a little later it will do.
    Busy,
    /// The server could not do it.
    Failed(DbError),
}

/// What stands in the way of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// The account would be left without an active administrator (U-12).
    LastAdministrator,
    /// It was changed meanwhile; the page shown was old.
    Changed,
    /// It is so already, and nothing was done.
    Already(Already),
    /// It does not fit where the user stands, which is here.
    NotNow(UserStatus),
    /// The type offers less than the user has (U-10).
    NoPromotion,
    /// The type offers all that the user has, so that they are promoted to it (U-10).
    IsPromotion,
    /// Address or password is wrong; it is not told which.
    WrongPassword,
    /// The person is in this account already, with another address.
    AlreadyHere,
    /// The person is signed in with another address than the invited one.
    OtherAddress,
    /// The person wants no invitations from this account.
    Unwanted,
    /// The address belongs to an account outside the inviter's account center (U-15).
    Elsewhere,
    /// The account takes no access requests (U-16).
    RequestsOff,
    /// More people are called so than a file of activity is about.
    TooManyCalled,
    /// The address cannot become one's own: it is in use.
    AddressInUse,
    /// There is nothing, or nothing left, to be undone (U-22).
    NothingToUndo,
    /// It can't be undone, as this was changed since (U-22).
    ChangedSince(Part),
    /// It is the only company they have; all types but administrator have at least one (U-01).
    OnlyCompany,
    /// Agents can't be given a company that does not use Lead Center (L-01).
    NoLeadCenter,
    /// It can't be undone, as another user has the address or the sign-in by now (U-22).
    AddressTakenSince,
    /// The account is in an account center already (C-03).
    InACenter,
    /// The account center would be left without an executive administrator (C-12).
    LastExecutive,
    /// So many accounts can't be kept at once (C-11).
    TooMuchToKeep,
    /// Without the account center nobody could manage an account: it has no administrator of its own.
    NoAdministratorOfItsOwn,
    /// Others run the account center, too, and would lose it unseen (C-12).
    OtherExecutives,
    /// There is an executive administrator already, who makes others (C-12).
    HasExecutive,
    /// Managing users across the accounts of the center is not open yet (C-04).
    UsersNotOpen,
    /// A merge of two logins waits already: it is gone on with, or given up (C-01).
    MergeUnderWay,
    /// Merging two logins, or undoing it, is not possible as things stand; their page says why (C-01).
    MergeStopped,
    /// The link proves something only where its reader is signed in as the one who asked for it (C-01).
    NotTheAsker,
    /// The account or its center has switched temporary passwords off (C-06).
    TemporaryPasswordsOff,
    /// The address has a login, whose password it opens everything with (C-06).
    HasLogin,
    /// They are invited to be an executive administrator, which takes the mailed link.
    InvitedAsExecutive,
    /// Nobody has shown that the login's address is theirs.
    AddressUnproven,
    /// It is the last company in use (G-01).
    LastCompany,
    /// What the browser says of its push service is of no use.
    NoPush,
    /// The operator has not listed the browser's push service.
    PushNotListed,
    /// An account's provider gave nobody, or its word does not count.
    SingleSignOnFailed,
    /// An account's provider signs with what is too weak for the operator, or shows itself by it.
    SingleSignOnWeak,
    /// Nobody with access to the account is linked to whom its provider gives.
    SingleSignOnUnknown,
    /// Somebody else is linked to whom the provider gives.
    SingleSignOnTaken,
    /// The person has not accepted their invitation yet (I-01).
    NotAccepted,
    /// It is for people to do of themselves alone (I-01).
    OnlyOneself,
    /// Somebody else has invited them, or given them more than the directory gives (A-08, U-13).
    NotOfTheDirectory,
    /// What was asked for was approved meanwhile, so that it can't be given up (U-16).
    RequestApproved,
    /// The account has as many of the kind as it may.
    Full,
    /// Whoever is to get it gets as many of the kind as one may.
    FullForOne,
    /// A brand is switched on once nothing is missing and all of it was looked at (G-10).
    BrandIncomplete,
    /// What a passkey has answered signs nobody in, or is too late.
    PasskeyRefused,
    /// A passkey has a key that is too weak for the operator.
    PasskeyWeak,
    /// The account forbids to see it as one of its users does.
    SeeAsOff,
    /// Nobody sees an account as themselves.
    SeeAsOneself,
}

impl Refused {
    /// One field's error.
    pub fn field(field: &'static str, problem: Problem) -> Refused {
        Refused::Invalid(vec![FieldError { field, problem }])
    }

    /// Whose own access ends gives nothing that lasts (U-21).
    pub(crate) fn check_lasting(pass: &impl HasPlace) -> Result<(), Refused> {
        match pass.place().grants.ends_at {
            None => Ok(()),
            Some(_) => Err(Refused::Forbidden { refusal: Refusal::OutlastsOwn, ask: Vec::new() }),
        }
    }
}

impl From<DbError> for Refused {
    /// A unique index that a person's input ran into is their field's error; all else is the server's.
    fn from(error: DbError) -> Refused {
        match &error {
            DbError::Unique { name } if name == "user_email" => {
                Refused::field("email", Problem::AddressTaken)
            }
            DbError::Unique { name }
                if ["login_email", "email_change_login", "login_merge_made", "passkey_credential"]
                    .contains(&name.as_str()) =>
            {
                Refused::Conflict(Conflict::Changed)
            }
            // Two were given the same number by chance: the next is another one.
            DbError::Unique { name } if name == "account_number" || name.ends_with("_pkey") => Refused::Busy,
            DbError::Unique { name } if name == "login_merge_waiting" => {
                Refused::Conflict(Conflict::MergeUnderWay)
            }
            DbError::Unique { name } if name == "user_login" => Refused::Conflict(Conflict::AlreadyHere),
            DbError::Unique { name } if name == "directory_user_name" => {
                Refused::field("user_name", Problem::NameTaken)
            }
            DbError::Unique { name }
                if ["company_name", "tag_name", "tag_company_name"].contains(&name.as_str()) =>
            {
                Refused::field("name", Problem::NameTaken)
            }
            // No stored text holds the character NUL, so what was asked for is not there.
            DbError::Nul | DbError::NotFound => Refused::NotFound,
            // Others change the same rows at this moment: a little later it will do.
            DbError::Retry | DbError::Busy => Refused::Busy,
            _ => Refused::Failed(error),
        }
    }
}

impl From<Obstacle> for Refused {
    fn from(obstacle: Obstacle) -> Refused {
        match obstacle {
            Obstacle::Refused(refusal) => Refused::Forbidden { refusal, ask: Vec::new() },
            Obstacle::LastAdministrator => Refused::Conflict(Conflict::LastAdministrator),
            Obstacle::NoPromotion => Refused::Conflict(Conflict::NoPromotion),
            Obstacle::IsPromotion => Refused::Conflict(Conflict::IsPromotion),
            Obstacle::Already(already) => Refused::Conflict(Conflict::Already(already)),
            Obstacle::NotNow(status) => Refused::Conflict(Conflict::NotNow(status)),
            Obstacle::OnlyCompany => Refused::Conflict(Conflict::OnlyCompany),
            Obstacle::NoLeadCenter => Refused::Conflict(Conflict::NoLeadCenter),
            Obstacle::AddressTaken => Refused::Conflict(Conflict::AddressTakenSince),
            Obstacle::NotOffered => Refused::field("company", Problem::NotAChoice),
            Obstacle::NoCompany => Refused::field("company", Problem::Missing),
            Obstacle::EndPassed => Refused::field("ends_on", Problem::DayPassed),
            Obstacle::ChangedSince(part) => Refused::Conflict(Conflict::ChangedSince(part)),
        }
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Refused {
        match denied {
            Denied::SignedOut => Refused::SignedOut,
            Denied::NotFound => Refused::NotFound,
            Denied::Forbidden { refusal, ask } => Refused::Forbidden { refusal, ask },
            Denied::Link(state) => Refused::Link(state),
            Denied::SeeingAs(seeing) => Refused::SeeingAs(seeing),
            Denied::Unproven => Refused::Unproven,
            Denied::Database(error) => Refused::from(error),
        }
    }
}

impl From<Exceeded> for Refused {
    fn from(exceeded: Exceeded) -> Refused {
        Refused::TooMany(exceeded)
    }
}

impl From<Busy> for Refused {
    fn from(_busy: Busy) -> Refused {
        Refused::Busy
    }
}

impl From<Vec<FieldError>> for Refused {
    fn from(errors: Vec<FieldError>) -> Refused {
        Refused::Invalid(errors)
    }
}
