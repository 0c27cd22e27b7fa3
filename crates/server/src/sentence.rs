//! Sentences for the operator's terminal about what an operation refused.

use app::{Conflict, Refused};
use domain::access::Refusal;
use domain::input::Problem;
use domain::user::UserStatus;

use crate::failure::Failure;

/// The option of a field, such as `--first-name` of `first_name`.
pub(crate) fn plain_option(field: &str) -> String {
    match field {
        "user_type" => "--type".to_owned(),
        _ => format!("--{}", field.replace('_', "-")),
    }
}

/// The sentences for a refusal. `option` names the option of a field.
pub(crate) fn refused(refused: Refused, option: fn(&str) -> String) -> Failure {
    let sentence = match refused {
        Refused::Invalid(errors) => {
            let sentences = errors.iter().map(|error| problem(&option(error.field), error.problem));
            return Failure::all(sentences.collect());
        }
        Refused::NotFound => "There is nothing of that id.".to_owned(),
        Refused::SignedOut => "Nobody is signed in.".to_owned(),
        Refused::Forbidden { refusal, .. } => because(refusal),
        Refused::Unproven => "It is too long ago that they showed who they are.".to_owned(),
        Refused::SeeingAs(_) => "They see an account as somebody else.".to_owned(),
        Refused::Link(_) => "The link does not work any more.".to_owned(),
        Refused::Conflict(conflict) => self::conflict(conflict).to_owned(),
        Refused::TooMany(exceeded) => {
            format!("That was too often; try again after {}.", app::moment::in_english(exceeded.until))
        }
        Refused::Busy => "There is too much to do at this moment; try again.".to_owned(),
        Refused::Failed(error) => format!("The database failed: {}.", crate::open::said(&error)),
    };
    Failure::new(sentence)
}

/// The same, for an operation that looks something up: `missing` says what is not there.
pub(crate) fn refused_or_missing(refused: Refused, option: fn(&str) -> String, missing: String) -> Failure {
    match refused {
        Refused::NotFound => Failure::new(missing),
        other => self::refused(other, option),
    }
}

fn conflict(conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::LastAdministrator => {
            "An account keeps at least one active administrator, and one who may use a password where single sign-on is required."
        }
        Conflict::Changed => "Somebody else has changed it meanwhile; look again.",
        Conflict::Already(_) => "It is so already.",
        Conflict::NotNow(status) => standing(status),
        Conflict::NoPromotion => "That type offers no more than the user has.",
        Conflict::IsPromotion => "The user is promoted to that type.",
        Conflict::WrongPassword => "Address or password is wrong.",
        Conflict::OtherAddress => "They are signed in with another address.",
        Conflict::Elsewhere => "The address belongs to an account outside the account center.",
        Conflict::SeeAsOff => "The account forbids to see it as one of its users.",
        Conflict::SeeAsOneself => "Nobody sees an account as themselves.",
        Conflict::RequestsOff => "The account takes no access requests.",
        Conflict::TooManyCalled => "More than 50 people are called so.",
        Conflict::AddressInUse => "The address is in use.",
        Conflict::AlreadyHere => "The person is in this account already.",
        Conflict::NothingToUndo => "There is nothing to undo.",
        Conflict::Unwanted => "They want no invitations from this account.",
        Conflict::ChangedSince(_) => "The user has been changed since.",
        Conflict::AddressTakenSince => "Another user of the account has the address by now.",
        Conflict::MergeUnderWay => "A merge of two logins waits already.",
        Conflict::MergeStopped => "Something stands in the way of merging these logins, or of undoing it.",
        Conflict::NotTheAsker => "The link is for whoever asked for it.",
        Conflict::OnlyCompany => "It is their only company.",
        Conflict::NoLeadCenter => "Agents need a company that uses Lead Center.",
        Conflict::InACenter => "The account is in an account center.",
        Conflict::LastExecutive => "The account center would be left without an executive administrator.",
        Conflict::TooMuchToKeep => "So many accounts can't be kept at once.",
        Conflict::OtherExecutives => "Others run the account center, too.",
        Conflict::NoAdministratorOfItsOwn => "An account would be left without an administrator.",
        Conflict::UsersNotOpen => "Managing users across accounts is not open yet.",
        Conflict::TemporaryPasswordsOff => "Temporary passwords are switched off.",
        Conflict::HasLogin => "The address signs in here already.",
        Conflict::InvitedAsExecutive => "An executive administrator accepts by the mailed link.",
        Conflict::AddressUnproven => "Nobody has confirmed the login's address yet.",
        Conflict::LastCompany => "An account keeps at least one company in use.",
        Conflict::NotAccepted => "They have not accepted their invitation yet.",
        Conflict::OnlyOneself => "People do that of themselves alone.",
        Conflict::NotOfTheDirectory => "The directory has not given them what they are invited to.",
        Conflict::RequestApproved => "The request was approved already.",
        Conflict::BrandIncomplete => "Not all of the brand was typed and looked at.",
        Conflict::Full => "The account has as many of them as it can have.",
        Conflict::PasskeyRefused => "That passkey signs nobody in.",
        Conflict::PasskeyWeak => "That passkey's key is too weak for ROLLCALL_STRONG_KEYS=on.",
        Conflict::SingleSignOnFailed => "The identity provider did not confirm who it is.",
        Conflict::SingleSignOnWeak => {
            "The identity provider's keys are too weak for ROLLCALL_STRONG_KEYS=on."
        }
        Conflict::SingleSignOnUnknown => "Nobody with access to the account is linked to that identity.",
        Conflict::SingleSignOnTaken => "Somebody else is linked to that identity.",
        Conflict::PushNotListed => "ROLLCALL_OUTGOING_HOSTS has not the push service of that browser.",
        Conflict::NoPush => "No push can be sent where that browser is reached.",
        Conflict::FullForOne => "Whoever is to get it gets as many of them as one can get.",
        Conflict::HasExecutive => "There is an executive administrator already.",
    }
}

/// Why somebody may not do something, without naming what.
fn because(refusal: Refusal) -> String {
    match refusal {
        Refusal::NotActive(status) => format!("{}, and only active users may do anything.", standing(status)),
        Refusal::NeedsProvider => "The account requires single sign-on.".to_owned(),
        Refusal::Lacks(capability) => format!("That needs {}.", capability.line().key),
        Refusal::OutsideCompanies => "That is outside the user's companies.".to_owned(),
        Refusal::CompanyDisabled => "No company that this is about is in use.".to_owned(),
        Refusal::NoLeadCenter => "No company that this is about uses Lead Center.".to_owned(),
        Refusal::GreaterAccess => "That would touch more access than one's own.".to_owned(),
        Refusal::OutlastsOwn => "That would last longer than one's own access.".to_owned(),
        Refusal::OutsideKey(_) => "The key is narrowed, and this lies outside.".to_owned(),
        Refusal::NamesProduct => "On an account with its own brand that is for administrators.".to_owned(),
        Refusal::NoSecondFactor => "A second factor is asked for there, and they have none.".to_owned(),
        Refusal::Center(_) => "That is for those who run the account center.".to_owned(),
    }
}

/// Where a user stands, as the beginning of a sentence.
pub(crate) fn standing(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "The user is active",
        UserStatus::Pending => "The user has not accepted the invitation yet",
        UserStatus::Suspended => "The user is suspended",
        UserStatus::Deleted => "The user was deleted",
    }
}

/// What is wrong with the value of an option.
pub(crate) fn problem(option: &str, problem: Problem) -> String {
    match problem {
        Problem::Missing if option == "--company" => {
            "--company is missing: all types but administrator have at least one company.".to_owned()
        }
        Problem::Missing => format!("{option} must not be empty."),
        Problem::TooLong { max } => format!("{option} must have at most {max} characters."),
        Problem::TooShort { min } => format!("{option} must have at least {min} characters."),
        Problem::BadCharacters => {
            format!("{option} must not hold line breaks, control characters or invisible marks.")
        }
        Problem::LikeAnAddress => format!("{option} must not hold @, < or >."),
        Problem::NotAnEmail => format!("{option} must be an email address, such as kim@example.com."),
        Problem::SeveralEmails => format!("{option} must be one plain email address, without name or comma."),
        Problem::EmailNotAscii => format!("{option} must be an email address of ASCII letters."),
        Problem::NotAChoice => not_a_choice(option),
        Problem::NotInRange { min, max } => format!("{option} must be a number from {min} to {max}."),
        Problem::WeakPassword => format!("{option} is too easy to guess."),
        Problem::CodePassed => format!("{option} has just passed."),
        Problem::WrongCode | Problem::WrongFirstCode => format!("{option} is no code, or was used."),
        Problem::AddressTaken => format!("{option} is the address of a user of this account already."),
        Problem::Unwanted => {
            format!("{option} belongs to somebody who wants no invitations from this account.")
        }
        Problem::Stopped => format!("{option} has ended an alert or a summary of this account."),
        Problem::Elsewhere => format!("{option} belongs to an account outside the account center."),
        Problem::NamesNoAccount => {
            format!("{option} must be an account's number, request link or administrator.")
        }
        Problem::SamePassword => format!("{option} is the present password."),
        Problem::SameAddress => format!("{option} is the present address."),
        Problem::OwnLogin => format!("{option} is the address of the login itself."),
        Problem::NameTaken => format!("{option} is taken: another one in this account has that name."),
        Problem::WrongPassword => format!("{option} is not the present password."),
        Problem::NoEmails => format!("{option}: agents get no emails."),
        Problem::NotADay => format!("{option} must be a day, such as 2026-12-31."),
        Problem::NoOwnSecondFactor => "Whoever asks everybody for a second factor has one.".to_owned(),
        Problem::DayTooFar => format!("{option} must be a day within a year."),
        Problem::DayPassed => format!("{option} must be a day that lies ahead."),
        Problem::NotALink => format!("{option} must be an address that begins with https://."),
        Problem::NotAColor => format!("{option} must be a colour, such as #3a40c4."),
        Problem::LowContrast { .. } => format!("{option} is too light for white text."),
        Problem::NotAHost => "HOST must be a host name, such as calls.example.com.".to_owned(),
        Problem::HostTaken => "HOST is this server's own, or another account's.".to_owned(),
        Problem::HostUnproven => format!("{option} has no record that shows whose it is."),
        Problem::TooManyLogos => format!("{option} is one more than an account may keep."),
        Problem::HostNotListed => format!("ROLLCALL_OUTGOING_HOSTS has not the host of {option}."),
        Problem::ProviderTooWeak => {
            format!("The keys of the provider at {option} are too weak for ROLLCALL_STRONG_KEYS=on.")
        }
        Problem::NoProvider => format!("No provider of OpenID Connect answers at {option}."),
        Problem::NoSingleSignOn => format!("There is no single sign-on by {option}."),
        Problem::HostNoAnswer => format!("No name server answered whether {option} has a record."),
        Problem::SvgPicture => format!("{option} must be no SVG, which can carry scripts."),
        Problem::NotAPicture => format!("{option} must be a PNG, a JPEG or a WebP."),
        Problem::PictureTooLarge { side } => format!("{option} must have at most {side} pixels on a side."),
        Problem::FileTooLarge => format!("{option} is too large."),
        Problem::TooMany { max } => format!("{option} may be given at most {max} times."),
        Problem::TooFew { min } => format!("{option} must be given at least {min} times."),
    }
}

fn not_a_choice(option: &str) -> String {
    match option {
        "--type" => {
            "--type must be administrator, manager, reporting, agent or notification; a notification user is \
                     no agent."
                .to_owned()
        }
        "--time-zone" => "--time-zone must be a name of the IANA list, such as America/New_York.".to_owned(),
        "--company" => {
            "--company must name companies of this account that are in use; for agents, ones that use \
                        Lead Center."
                .to_owned()
        }
        _ => format!("{option} is none of the choices."),
    }
}
