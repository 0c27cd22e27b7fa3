//! Summaries by email, on the page of alerts (P-01).

use app::alert::Settings;
use app::summary_email::{self, SummaryEmail};
use domain::id::SummaryEmailId;
use domain::summary_email::{Frequency, SummaryChange};
use serde::Deserialize;
use text::Text;

use super::{Filled, Setting, Whose, back, companies, mend, mend_address};
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::ticked;
use crate::views::alert::SummaryForm;

/// What is set of a summary, and whose it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    user: String,
    email: String,
    company_id: String,
    #[serde(deserialize_with = "ticked")]
    daily: Option<String>,
    #[serde(deserialize_with = "ticked")]
    weekly: Option<String>,
    #[serde(deserialize_with = "ticked")]
    monthly: Option<String>,
}

impl Typed {
    fn whose(&self) -> Whose {
        Whose::of(&self.user, &self.email)
    }

    /// A new one for a company.
    pub(super) fn proposed(company_id: String) -> Typed {
        Typed { company_id, ..Typed::default() }
    }

    fn change(&self) -> SummaryChange {
        let often = [
            (Frequency::Daily, &self.daily),
            (Frequency::Weekly, &self.weekly),
            (Frequency::Monthly, &self.monthly),
        ];
        let chosen = often.into_iter().filter(|(_, chosen)| chosen.is_some());
        SummaryChange {
            company_id: Some(self.company_id.clone()),
            frequency: Some(chosen.map(|(often, _)| often).collect()),
            ..SummaryChange::default()
        }
    }

    fn of(one: &SummaryEmail) -> Typed {
        let comes = |often| one.summary.frequency.contains(&often).then(|| "yes".to_owned());
        Typed {
            user: String::new(),
            email: String::new(),
            company_id: one.summary.company.as_ref().map(ToString::to_string).unwrap_or_default(),
            daily: comes(Frequency::Daily),
            weekly: comes(Frequency::Weekly),
            monthly: comes(Frequency::Monthly),
        }
    }
}

/// Sets one up.
pub async fn create(visit: Setting, typed: Typed) -> Answer {
    let (whose, change) = (typed.whose(), typed.change());
    let Some(receiver) = whose.receiver()? else { return mend_address(&visit, &whose).await };
    match visit.write(move |w, pass| summary_email::create(w, pass, receiver.as_ref(), &change)).await {
        Ok(_) => back(&visit, &whose, Toast::SummaryAdded),
        Err(refused) => {
            mend(&visit, &whose, refused, Filled { summary: Some((None, typed)), ..Filled::default() }).await
        }
    }
}

/// Changes one.
pub async fn change(visit: Setting, typed: Typed) -> Answer {
    let (id, change): (SummaryEmailId, _) = (visit.param("summary_email")?, typed.change());
    let whose = typed.whose();
    if whose.receiver()?.is_none() {
        return mend_address(&visit, &whose).await;
    }
    match visit.write(move |w, pass| summary_email::change(w, pass, id, &change)).await {
        Ok(_) => back(&visit, &whose, Toast::Saved),
        Err(refused) => {
            mend(&visit, &whose, refused, Filled { summary: Some((Some(id), typed)), ..Filled::default() })
                .await
        }
    }
}

/// Removes one. Its button stands in the form that changes it, whose fields come along.
pub async fn remove(visit: Setting, typed: Typed) -> Answer {
    let (id, whose): (SummaryEmailId, _) = (visit.param("summary_email")?, typed.whose());
    if whose.receiver()?.is_none() {
        return mend_address(&visit, &whose).await;
    }
    visit.write(move |w, pass| summary_email::remove(w, pass, id)).await?;
    back(&visit, &whose, Toast::SummaryRemoved)
}

/// The form of one, or of a new one.
pub(super) fn form(t: Text, settings: &Settings, one: Option<&SummaryEmail>, filled: &Filled) -> SummaryForm {
    let id = one.map(|one| one.id);
    let filled = filled.summary.as_ref().filter(|(of, _)| *of == id).map(|(_, typed)| typed.clone());
    let typed = filled.unwrap_or_else(|| one.map_or_else(Typed::default, Typed::of));
    let name = one.and_then(|one| one.company_name.clone());
    let chosen = (typed.company_id.as_str(), name.as_deref());
    SummaryForm {
        id: id.map(|id| id.to_string()),
        companies: companies(t, settings, chosen),
        title: name.unwrap_or_else(|| t.alert_every_company().to_owned()),
        often: [
            ("daily", t.alert_daily(), typed.daily.is_some()),
            ("weekly", t.alert_weekly(), typed.weekly.is_some()),
            ("monthly", t.alert_monthly(), typed.monthly.is_some()),
        ],
    }
}
