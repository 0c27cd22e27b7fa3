//! Summary emails: what came in during a day, a week or a month, mailed to somebody (P-01).

pub mod schedule;

use std::str::FromStr;

use crate::id::CompanyId;
use crate::input::{Checker, FieldError, Problem};
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

impl LeadStatus {
    /// Whether it counts what nobody has judged, as all that comes in is until somebody does.
    pub fn counts_unjudged(self) -> bool {
        matches!(self, LeadStatus::All | LeadStatus::NotScored)
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

/// What of a summary is set, as it was typed; what is `None` stays. An empty company is taken away.
#[derive(Clone, Debug, Default)]
pub struct SummaryChange {
    /// The company.
    pub company_id: Option<String>,
    /// How often, in any order.
    pub frequency: Option<Vec<Frequency>>,
    /// The figures.
    pub summary_statistics: Option<bool>,
    /// Sources.
    pub top_sources: Option<bool>,
    /// Keywords.
    pub top_keywords: Option<bool>,
    /// Calls.
    pub call_log: Option<bool>,
    /// Which leads it counts.
    pub lead_status: Option<LeadStatus>,
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
        let mut frequency = self.frequency.clone().unwrap_or_else(|| before.frequency.clone());
        frequency.sort_unstable();
        frequency.dedup();
        let parts = Parts {
            summary_statistics: self.summary_statistics.unwrap_or(before.parts.summary_statistics),
            top_sources: self.top_sources.unwrap_or(before.parts.top_sources),
            top_keywords: self.top_keywords.unwrap_or(before.parts.top_keywords),
            call_log: self.call_log.unwrap_or(before.parts.call_log),
        };
        let lead_status = self.lead_status.unwrap_or(before.lead_status);
        check.finish((|| Some(Summary { company: company?, frequency, parts, lead_status }))())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T: std::fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<(&'static str, Problem)> {
        read.unwrap_err().into_iter().map(|error| (error.field, error.problem)).collect()
    }

    /// I-01. Seen to fail: with what is left out read as no, and without the order of the frequencies.
    #[test]
    fn i01_a_change_of_a_summary_leaves_the_rest() {
        let typed = SummaryChange {
            frequency: Some(vec![Frequency::Monthly, Frequency::Daily, Frequency::Monthly]),
            top_keywords: Some(false),
            lead_status: Some(LeadStatus::NotALead),
            ..SummaryChange::default()
        };
        let summary = typed.onto(&Summary::default()).unwrap();
        assert_eq!(summary.frequency, [Frequency::Daily, Frequency::Monthly]);
        assert_eq!(summary.parts, Parts { top_keywords: false, ..Parts::default() });
        assert_eq!(SummaryChange::default().onto(&summary), Ok(summary));
        let wrong = SummaryChange { company_id: Some("x".into()), ..SummaryChange::default() };
        assert_eq!(fields(wrong.onto(&Summary::default())), [("company_id", Problem::NotAChoice)]);
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
