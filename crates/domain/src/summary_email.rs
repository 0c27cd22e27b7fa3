//! Summary emails: what came in during a day, a week or a month, mailed to somebody (P-01).

use std::str::FromStr;

use crate::id::CompanyId;
use crate::input::{Checker, FieldError, Problem, flag};
use crate::receiver::Reach;
use crate::user::{Unknown, words};

words! {
    /// How often a summary comes.
    Frequency {
        /// Each day.
        Daily = "daily",
        /// Each week.
        Weekly = "weekly",
        /// Each month.
        Monthly = "monthly",
    }
}

words! {
    /// Which leads a summary counts.
    LeadStatus {
        /// Leads.
        Lead = "Lead",
        /// What was found to be none.
        NotALead = "Not a Lead",
        /// What nobody has judged.
        NotScored = "Not Scored",
        /// All of it.
        All = "All",
    }
}

/// What a summary says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The figures.
    pub summary_statistics: bool,
    /// The sources with the most calls.
    pub top_sources: bool,
    /// The keywords with the most calls.
    pub top_keywords: bool,
    /// Call by call.
    pub call_log: bool,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { summary_statistics: true, top_sources: true, top_keywords: true, call_log: true }
    }
}

/// What is mailed, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Of which company; otherwise of all that the receiver has.
    pub company: Option<CompanyId>,
    /// How often, in their order.
    pub frequency: Vec<Frequency>,
    /// What it says.
    pub parts: Parts,
    /// Which leads it counts.
    pub lead_status: LeadStatus,
}

impl Default for Summary {
    fn default() -> Summary {
        Summary {
            company: None,
            frequency: Vec::new(),
            parts: Parts::default(),
            lead_status: LeadStatus::All,
        }
    }
}

/// What of a summary is set, as it was typed; what is `None` stays. An empty company is taken away, an empty status is all.
#[derive(Clone, Debug, Default)]
pub struct SummaryChange {
    /// The company.
    pub company_id: Option<String>,
    /// Words of [`Frequency`].
    pub frequency: Option<Vec<String>>,
    /// `true` or `false`, as the others below.
    pub summary_statistics: Option<String>,
    /// Sources.
    pub top_sources: Option<String>,
    /// Keywords.
    pub top_keywords: Option<String>,
    /// Calls.
    pub call_log: Option<String>,
    /// A word of [`LeadStatus`].
    pub lead_status: Option<String>,
}

impl SummaryChange {
    /// What it makes of a summary; every field's error at once.
    pub fn onto(&self, before: &Summary) -> Result<Summary, Vec<FieldError>> {
        let mut check = Checker::default();
        let company = match self.company_id.as_deref() {
            None => Some(before.company.clone()),
            Some("") => Some(None),
            Some(id) => check.take("company_id", id.parse().map(Some).map_err(|_| Problem::NotAChoice)),
        };
        let frequency = self.frequency.as_deref();
        let frequency = frequency.map_or_else(|| Ok(before.frequency.clone()), parse_frequency);
        let frequency = check.take("frequency", frequency);
        let mut switch = |field, typed: &Option<String>, before| {
            check.take(field, typed.as_deref().map_or(Ok(before), flag))
        };
        let parts = before.parts;
        let statistics = switch("summary_statistics", &self.summary_statistics, parts.summary_statistics);
        let sources = switch("top_sources", &self.top_sources, parts.top_sources);
        let keywords = switch("top_keywords", &self.top_keywords, parts.top_keywords);
        let call_log = switch("call_log", &self.call_log, parts.call_log);
        let lead_status = match self.lead_status.as_deref() {
            None => Some(before.lead_status),
            Some("") => Some(LeadStatus::All),
            Some(word) => check.take("lead_status", word.parse().map_err(|_| Problem::NotAChoice)),
        };
        check.finish((|| {
            let parts = Parts {
                summary_statistics: statistics?,
                top_sources: sources?,
                top_keywords: keywords?,
                call_log: call_log?,
            };
            Some(Summary { company: company?, frequency: frequency?, parts, lead_status: lead_status? })
        })())
    }
}

impl Summary {
    /// Holds it to what its receiver can be sent, and to come at all.
    pub fn check(self, reach: Reach) -> Result<Summary, Vec<FieldError>> {
        let mut check = Checker::default();
        let mut refuse = |wrong: bool, field, problem| {
            if wrong {
                check.take(field, Err::<(), _>(problem));
            }
        };
        refuse(reach == Reach::NoEmails, "user_id", Problem::NoEmails);
        refuse(reach == Reach::Address && self.company.is_none(), "company_id", Problem::Missing);
        refuse(self.frequency.is_empty(), "frequency", Problem::Missing);
        check.finish(Some(self))
    }
}

/// Each once, in their order.
fn parse_frequency(typed: &[String]) -> Result<Vec<Frequency>, Problem> {
    let known = typed.iter().map(|word| word.parse().map_err(|_| Problem::NotAChoice));
    let mut known = known.collect::<Result<Vec<Frequency>, _>>()?;
    known.sort_unstable();
    known.dedup();
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T: std::fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<(&'static str, Problem)> {
        read.unwrap_err().into_iter().map(|error| (error.field, error.problem)).collect()
    }

    /// I-01. Seen to fail: with what is left out read as no, and without the order of the frequencies.
    #[test]
    fn i01_a_change_of_a_summary_leaves_the_rest() {
        let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        let typed = SummaryChange {
            frequency: words(&["monthly", "daily", "monthly"]),
            top_keywords: Some("false".into()),
            lead_status: Some("Not a Lead".into()),
            ..SummaryChange::default()
        };
        let summary = typed.onto(&Summary::default()).unwrap();
        assert_eq!(summary.frequency, [Frequency::Daily, Frequency::Monthly]);
        assert_eq!(summary.parts, Parts { top_keywords: false, ..Parts::default() });
        assert_eq!(SummaryChange::default().onto(&summary), Ok(summary.clone()));
        let cleared = SummaryChange { lead_status: Some(String::new()), ..SummaryChange::default() };
        assert_eq!(cleared.onto(&summary).unwrap(), Summary { lead_status: LeadStatus::All, ..summary });
        let wrong = SummaryChange {
            company_id: Some("x".into()),
            frequency: words(&["yearly"]),
            call_log: Some("x".into()),
            lead_status: Some("lead".into()),
            ..SummaryChange::default()
        };
        let wanted = ["company_id", "frequency", "call_log", "lead_status"];
        assert_eq!(fields(wrong.onto(&Summary::default())), wanted.map(|field| (field, Problem::NotAChoice)));
    }

    /// I-01, L-05. Seen to fail: with each of the three refusals left out.
    #[test]
    fn i01_l05_a_summary_fits_its_receiver() {
        let none = Summary::default();
        let comes = Summary { frequency: vec![Frequency::Weekly], ..Summary::default() };
        assert!(comes.clone().check(Reach::User).is_ok());
        assert_eq!(fields(none.check(Reach::User)), [("frequency", Problem::Missing)]);
        assert_eq!(fields(comes.clone().check(Reach::NoEmails)), [("user_id", Problem::NoEmails)]);
        assert_eq!(fields(comes.check(Reach::Address)), [("company_id", Problem::Missing)]);
    }
}
