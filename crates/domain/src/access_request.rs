//! Access requests: a login asking to be let into an account it is not in (U-16).

use std::collections::BTreeSet;

use crate::email::EmailAddress;
use crate::id::{AccountId, CompanyId};
use crate::input::{Checker, FieldError, Problem, yes_no};
use crate::name;
use crate::time::Span;
use crate::user::{TypedUser, UserType, parse_companies};

/// How long a request waits for an answer.
pub const LIFETIME: Span = Span::days(30);

/// What stands in a request link before its token.
pub const LINK: &str = "/access-request/";

/// How a person names the account that they ask for. Whether there is one is not looked at here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its number.
    Number(AccountId),
    /// By the token of its request link.
    Link(String),
    /// By the address of one of its administrators.
    Administrator(EmailAddress),
}

impl Named {
    /// Reads what was typed.
    pub fn parse(typed: &str) -> Result<Named, Problem> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(Problem::Missing);
        }
        if let Some((_, token)) = typed.rsplit_once(LINK) {
            let fits = (1..=64).contains(&token.len())
                && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
            return if fits { Ok(Named::Link(token.to_owned())) } else { Err(Problem::NamesNoAccount) };
        }
        if typed.contains('@') {
            return EmailAddress::parse(typed).map(Named::Administrator);
        }
        // However it was copied, a number has its letters in front and its digits behind.
        let lower = typed.to_ascii_lowercase();
        let number = lower.strip_prefix("acc").and_then(|digits| format!("ACC{digits}").parse().ok());
        number.map(Named::Number).ok_or(Problem::NamesNoAccount)
    }
}

/// An access request to be made, checked field by field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccessRequest {
    /// Which account.
    pub named: Named,
    /// The person's own words to its administrators.
    pub message: Option<String>,
}

impl NewAccessRequest {
    /// Reads what was typed; every field's error at once.
    pub fn parse(account: &str, message: &str) -> Result<NewAccessRequest, Vec<FieldError>> {
        let mut check = Checker::default();
        let named = check.take("account", Named::parse(account));
        let message = check.take("message", name::message(message));
        check.finish((|| Some(NewAccessRequest { named: named?, message: message? }))())
    }
}

/// What whoever asks is let in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The type: one that signs in.
    pub user_type: UserType,
    /// The agent flag; always set for the type agent.
    pub agent: bool,
    /// Companies; empty for administrators, who have all.
    pub companies: BTreeSet<CompanyId>,
}

impl Terms {
    /// Reads what was chosen; every field's error at once.
    pub fn parse(user_type: &str, agent: bool, companies: &[String]) -> Result<Terms, Vec<FieldError>> {
        let mut check = Checker::default();
        let agent = yes_no(agent || user_type == UserType::Agent.word());
        let typed =
            TypedUser { user_type: user_type.to_owned(), agent: agent.to_owned(), ..TypedUser::default() };
        let signs_in =
            |kind: (UserType, bool)| if kind.0.has_login() { Ok(kind) } else { Err(Problem::NotAChoice) };
        let kind = check.take("user_type", typed.kind().and_then(signs_in));
        let user_type = kind.map_or(UserType::Reporting, |(user_type, _)| user_type);
        let companies = check.take("company", parse_companies(companies, user_type));
        check.finish((|| {
            let (user_type, agent) = kind?;
            Some(Terms { user_type, agent, companies: companies? })
        })())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U-16
    #[test]
    fn u16_an_account_is_named_in_three_ways() {
        let number = format!("ACC{}", "0a".repeat(16));
        let id = Named::Number(number.parse().expect("an id"));
        for typed in [number.clone(), format!(" {} ", number.to_lowercase()), number.to_uppercase()] {
            assert_eq!(Named::parse(&typed), Ok(id.clone()), "{typed}");
        }
        let link = Named::parse("https://rollcall.example/access-request/aB-_9 ");
        assert_eq!(link, Ok(Named::Link("aB-_9".into())));
        let address = Named::parse("dana@example.com").expect("an address");
        assert!(matches!(address, Named::Administrator(_)));
        assert_eq!(Named::parse(" "), Err(Problem::Missing));
        assert_eq!(Named::parse("a@b, c@d"), Err(Problem::SeveralEmails));
        for typed in ["Acme", "ACC1", "https://rollcall.example/access-request/", "/access-request/a b"] {
            assert_eq!(Named::parse(typed), Err(Problem::NamesNoAccount), "{typed}");
        }
    }

    /// U-16
    #[test]
    fn u16_who_is_let_in_signs_in_and_has_companies() {
        let company = format!("COM{}", "0".repeat(32));
        let companies = [company];
        let agent = Terms::parse("agent", false, &companies).expect("terms");
        assert!(agent.agent, "agents are agents");
        assert!(Terms::parse("administrator", true, &companies).expect("terms").companies.is_empty());
        for (user_type, companies) in
            [("notification", &companies[..]), ("owner", &companies), ("manager", &[])]
        {
            assert!(Terms::parse(user_type, false, companies).is_err(), "{user_type}");
        }
    }
}
