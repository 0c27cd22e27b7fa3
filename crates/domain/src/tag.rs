//! Tags: words that leads are marked with (G-06).

mod color;

use crate::id::CompanyId;
use crate::input::{Checker, FieldError, Problem};
use crate::name;

pub use color::Color;

/// Whose a tag is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// The account's: it is there in every company.
    Account,
    /// One company's.
    Company(CompanyId),
}

impl Level {
    /// The company, where it is one's.
    pub fn company(&self) -> Option<&CompanyId> {
        match self {
            Level::Account => None,
            Level::Company(company) => Some(company),
        }
    }

    /// The word in the API.
    pub fn word(&self) -> &'static str {
        match self {
            Level::Account => "account",
            Level::Company(_) => "company",
        }
    }
}

/// What a tag says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagDetails {
    /// Its name; unique at its level by [`name::sort_key`].
    pub name: String,
    /// Its colour.
    pub color: Color,
    /// Whether it is offered no more.
    pub disabled: bool,
}

/// A tag to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTag {
    /// Whose it is.
    pub level: Level,
    /// What it says.
    pub details: TagDetails,
}

/// A new tag as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedTag {
    /// The name.
    pub name: String,
    /// The colour.
    pub color: Color,
    /// `account` or `company`; where empty, that of the company.
    pub tag_level: String,
    /// The company; none at account level.
    pub company_id: String,
}

impl TypedTag {
    /// Reads everything; every field's error at once.
    pub fn parse(&self) -> Result<NewTag, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(&self.name));
        let level = match self.tag_level.as_str() {
            "account" if self.company_id.is_empty() => Some(Level::Account),
            "account" => check.take("company_id", Err(Problem::NotAChoice)),
            "company" | "" => check.take("company_id", parse_company(&self.company_id)).map(Level::Company),
            _ => check.take("tag_level", Err(Problem::NotAChoice)),
        };
        check.finish((|| {
            let details = TagDetails { name: name?, color: self.color, disabled: false };
            Some(NewTag { level: level?, details })
        })())
    }
}

/// What of a tag is changed, as it was typed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TagChange {
    /// The name.
    pub name: Option<String>,
    /// The colour.
    pub color: Option<Color>,
    /// Whether it is offered no more.
    pub disabled: Option<bool>,
}

impl TagChange {
    /// What it makes of a tag; every field's error at once.
    pub fn onto(&self, before: &TagDetails) -> Result<TagDetails, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = self.name.as_deref().map_or_else(|| Ok(before.name.clone()), name::required);
        let name = check.take("name", name);
        let color = self.color.unwrap_or(before.color);
        let disabled = self.disabled.unwrap_or(before.disabled);
        check.finish((|| Some(TagDetails { name: name?, color, disabled }))())
    }
}

/// Which tags a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagFilter {
    /// Those of one company.
    pub company: Option<CompanyId>,
    /// Enabled or disabled ones.
    pub disabled: Option<bool>,
    /// Those of the account, or of companies.
    pub of_account: Option<bool>,
}

fn parse_company(typed: &str) -> Result<CompanyId, Problem> {
    if typed.is_empty() { Err(Problem::Missing) } else { typed.parse().map_err(|_| Problem::NotAChoice) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company() -> String {
        format!("COM{}", "1".repeat(32))
    }

    fn fields<T: std::fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<(&'static str, Problem)> {
        read.unwrap_err().into_iter().map(|error| (error.field, error.problem)).collect()
    }

    /// G-06, I-01. Seen to fail: with the company taken at account level.
    #[test]
    fn g06_a_tag_is_the_accounts_or_one_companys() {
        let typed =
            TypedTag { name: " Hot lead ".into(), tag_level: "account".into(), ..TypedTag::default() };
        let tag = typed.parse().unwrap();
        assert_eq!((tag.level, tag.details.name.as_str()), (Level::Account, "Hot lead"));
        assert_eq!(tag.details.color.word(), "gray1");
        let of_company = TypedTag { tag_level: String::new(), company_id: company(), ..typed.clone() };
        assert_eq!(of_company.parse().unwrap().level, Level::Company(company().parse().unwrap()));
        let both = TypedTag { company_id: company(), ..typed.clone() };
        assert_eq!(fields(both.parse()), [("company_id", Problem::NotAChoice)]);
        let none = TypedTag { tag_level: "company".into(), ..typed };
        assert_eq!(fields(none.parse()), [("company_id", Problem::Missing)]);
        let wrong = TypedTag { tag_level: "Account".into(), ..TypedTag::default() };
        let wanted = [("name", Problem::Missing), ("tag_level", Problem::NotAChoice)];
        assert_eq!(fields(wrong.parse()), wanted);
    }

    /// I-01. Seen to fail: with what is left out read as empty.
    #[test]
    fn i01_a_change_of_a_tag_leaves_the_rest() {
        let before = TagDetails { name: "Hot".into(), color: "red2".parse().unwrap(), disabled: true };
        assert_eq!(TagChange::default().onto(&before), Ok(before.clone()));
        let change = TagChange { color: Some(Color::default()), disabled: Some(false), name: None };
        let wanted = TagDetails { color: Color::default(), disabled: false, ..before.clone() };
        assert_eq!(change.onto(&before), Ok(wanted));
        let wrong = TagChange { name: Some(" ".into()), ..TagChange::default() };
        assert_eq!(fields(wrong.onto(&before)), [("name", Problem::Missing)]);
    }
}
