//! Tags: words that leads are marked with (G-06).

mod color;

use crate::id::CompanyId;
use crate::input::{Checker, FieldError, Problem, flag};
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
    /// A word of [`Color`]; the first one where empty.
    pub color: String,
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
        let color = check.take("color", parse_color(&self.color));
        let level = match self.tag_level.as_str() {
            "account" if self.company_id.is_empty() => Some(Level::Account),
            "account" => check.take("company_id", Err(Problem::NotAChoice)),
            "company" | "" => check.take("company_id", parse_company(&self.company_id)).map(Level::Company),
            _ => check.take("tag_level", Err(Problem::NotAChoice)),
        };
        check.finish((|| {
            let details = TagDetails { name: name?, color: color?, disabled: false };
            Some(NewTag { level: level?, details })
        })())
    }
}

/// What of a tag is changed, as it was typed; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TagChange {
    /// The name.
    pub name: Option<String>,
    /// A word of [`Color`]; the first one where empty.
    pub color: Option<String>,
    /// `true` or `false`.
    pub disabled: Option<String>,
}

impl TagChange {
    /// What it makes of a tag; every field's error at once.
    pub fn onto(&self, before: &TagDetails) -> Result<TagDetails, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = self.name.as_deref().map_or_else(|| Ok(before.name.clone()), name::required);
        let name = check.take("name", name);
        let color = check.take("color", self.color.as_deref().map_or(Ok(before.color), parse_color));
        let disabled = check.take("disabled", self.disabled.as_deref().map_or(Ok(before.disabled), flag));
        check.finish((|| Some(TagDetails { name: name?, color: color?, disabled: disabled? }))())
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

impl TagFilter {
    /// Reads what was asked for: a company's id, `enabled` or `disabled`, `account` or `company`; empty is any.
    pub fn parse(company_id: &str, status: &str, tag_level: &str) -> Result<TagFilter, Vec<FieldError>> {
        let mut check = Checker::default();
        let company = match company_id {
            "" => Some(None),
            id => check.take("company_id", parse_company(id)).map(Some),
        };
        let disabled = match status {
            "" => Some(None),
            "enabled" | "disabled" => Some(Some(status == "disabled")),
            _ => check.take("status", Err(Problem::NotAChoice)),
        };
        let of_account = match tag_level {
            "" => Some(None),
            "account" if company_id.is_empty() => Some(Some(true)),
            "company" => Some(Some(false)),
            _ => check.take("tag_level", Err(Problem::NotAChoice)),
        };
        check.finish((|| {
            Some(TagFilter { company: company?, disabled: disabled?, of_account: of_account? })
        })())
    }
}

fn parse_color(typed: &str) -> Result<Color, Problem> {
    if typed.is_empty() { Ok(Color::default()) } else { typed.parse().map_err(|_| Problem::NotAChoice) }
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

    /// G-06, I-01. Seen to fail: with the company taken at account level, and without the default colour.
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
        let wrong = TypedTag { color: "mauve".into(), tag_level: "Account".into(), ..TypedTag::default() };
        let wanted =
            [("name", Problem::Missing), ("color", Problem::NotAChoice), ("tag_level", Problem::NotAChoice)];
        assert_eq!(fields(wrong.parse()), wanted);
    }

    /// I-01. Seen to fail: with what is left out read as empty.
    #[test]
    fn i01_a_change_of_a_tag_leaves_the_rest() {
        let before = TagDetails { name: "Hot".into(), color: "red2".parse().unwrap(), disabled: true };
        assert_eq!(TagChange::default().onto(&before), Ok(before.clone()));
        let change = TagChange { color: Some(String::new()), disabled: Some("false".into()), name: None };
        assert_eq!(
            change.onto(&before).unwrap(),
            TagDetails { color: Color::default(), disabled: false, ..before.clone() }
        );
        let wrong = TagChange { name: Some(" ".into()), disabled: Some("no".into()), color: None };
        assert_eq!(
            fields(wrong.onto(&before)),
            [("name", Problem::Missing), ("disabled", Problem::NotAChoice)]
        );
    }

    /// I-01. Seen to fail: with account level taken beside a company.
    #[test]
    fn i01_tags_of_the_account_are_not_asked_for_by_company() {
        assert_eq!(TagFilter::parse("", "", ""), Ok(TagFilter::default()));
        let found = TagFilter::parse(&company(), "disabled", "company").unwrap();
        assert_eq!((found.disabled, found.of_account), (Some(true), Some(false)));
        assert_eq!(fields(TagFilter::parse(&company(), "", "account")), [("tag_level", Problem::NotAChoice)]);
        let all = fields(TagFilter::parse("x", "on", "x"));
        assert_eq!(
            all.into_iter().map(|(field, _)| field).collect::<Vec<_>>(),
            ["company_id", "status", "tag_level"]
        );
    }
}
