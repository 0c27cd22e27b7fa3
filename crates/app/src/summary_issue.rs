//! Summaries that come by themselves (P-01): at seven in the morning where the company is, of the day, the week or the month
//! before. A server that was off sends the last one that it has missed, and no earlier ones.
//!
//! Whom it goes to is asked by [`may_get`] when it is due, and once more when its mail is handed to the mail server.

use domain::alert::{LeadKind, admit_by_email};
use domain::email::canonical;
use domain::id::{AccountId, CompanyId, SummaryIssueId};
use domain::mail::MailKind;
use domain::receiver::Stop;
use domain::summary_email::Frequency;
use domain::summary_email::schedule::{latest, next_due};
use domain::time::{Span, Timestamp, Zone};
use store::mail::{self, Mail, NewMail, ReadsMail};
use store::pass::SystemPass;
use store::summary_issue::{self, Due, Issue, Setting};
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};
use text::Text;

use crate::mail::views::{SummaryLine, SummaryMail};
use crate::moment::Moments;
use crate::{App, Refused, alert};

impl App {
    /// Puts a page of the summaries that are due into the outbox, and notes in `behind` where it ended; how many it has looked
    /// at. With none left it begins anew.
    pub async fn send_due_summaries(
        &self,
        pass: &SystemPass,
        behind: &mut Option<Due>,
    ) -> Result<usize, Refused> {
        let (reader, after) = (pass.clone(), behind.clone());
        let list =
            move |r: &mut Reader| Ok::<_, Refused>(summary_issue::list_due(r, &reader, after.as_ref())?);
        let page = self.store.read(list).await?;
        let looked_at = page.len();
        *behind = page.last().cloned();
        for due in page {
            let (pass, tried) = (pass.clone(), due.clone());
            // One that fails must not hold up those behind it.
            if let Err(refused) =
                self.store.write_later(Origin::internal(), move |w| issue(w, &pass, &due)).await
            {
                tracing::error!(summary = %tried.summary, ?refused, "a summary could not be sent");
            }
        }
        Ok(looked_at)
    }

    pub(crate) fn summary_mail(&self, t: Text, told: Told, mail: &Mail, base: &str) -> SummaryMail {
        let Told { issue, setting, counts } = told;
        let account: AccountId = mail.account.parse().expect("a summary is an account's");
        let last = issue.ends_at - Span::seconds(1);
        let moments = Moments::new(t, &issue.time_zone, last);
        let (first_day, last_day) = (moments.date(issue.starts_at), moments.date(last));
        let (title, period) = match issue.frequency {
            Frequency::Daily => (t.mail_summary_daily(), last_day),
            Frequency::Weekly => (t.mail_summary_weekly(), t.mail_summary_period(first_day, last_day)),
            Frequency::Monthly => (t.mail_summary_monthly(), t.mail_summary_period(first_day, last_day)),
        };
        let line = |(kind, number, _): &_| SummaryLine {
            label: alert::kind(t, *kind).to_owned(),
            number: t.number(*number),
        };
        let total: i64 = counts.iter().map(|(_, number, _)| number).sum();
        // Nobody can judge leads yet.
        let counts = if setting.lead_status.counts_unjudged() { counts } else { Vec::new() };
        let mut lines: Vec<SummaryLine> = counts.iter().map(line).collect();
        if !lines.is_empty() {
            let firsts = counts.iter().map(|(_, _, first)| first).sum();
            let label = t.mail_summary_first().to_owned();
            lines.push(SummaryLine { label, number: t.number(firsts) });
        }
        let signs_in = setting.standing.user.is_some_and(|user| user.user_type.has_login());
        SummaryMail {
            t,
            to_name: setting.name,
            title: title.to_owned(),
            whose: setting.company_name.unwrap_or_else(|| setting.account_name.clone()),
            account_name: setting.account_name,
            period,
            lines,
            total,
            link: signs_in.then(|| format!("{base}/accounts/{account}")),
            stop_link: self.unsubscribe_link(&account, Stop::Summary(issue.summary), base),
        }
    }
}

/// Sends one that is due, and notes when it is due next. What nobody has looked at before is only noted: its first moment is to
/// come.
fn issue(mut w: Writer, pass: &SystemPass, due: &Due) -> Result<Committed<()>, Refused> {
    let found = summary_issue::find_setting(&mut w, pass, due.account.as_str(), due.summary)?;
    let Some(setting) = found else { return Ok(w.commit_unrecorded(Unrecorded::Mail, ())) };
    let (now, zone) = (w.now, Zone::named(&setting.time_zone));
    let is_mine = summary_issue::update_planned(&mut w, pass, due, next_due(due.frequency, &zone, now))?;
    if is_mine && due.due_at.is_some() && may_get(&setting, due.frequency, now) {
        let (id, period): (SummaryIssueId, _) = (w.new_id(), latest(due.frequency, &zone, now));
        if summary_issue::insert(&mut w, pass, &id, (due, &setting), &period)? {
            let (account, kind, subject) = (Some(&due.account), MailKind::Summary, id.as_str());
            let email = &setting.standing.email;
            let mail = mail::insert(&mut w, &NewMail { account, kind, subject, generation: 0, email })?;
            summary_issue::update_behind(&mut w, pass, &due.account, &mail)?;
        }
    }
    Ok(w.commit_unrecorded(Unrecorded::Mail, ()))
}

/// Whether a summary goes to its receiver at this moment.
fn may_get(setting: &Setting, frequency: Frequency, now: Timestamp) -> bool {
    setting.frequencies.contains(&frequency) && admit_by_email(&setting.standing, now).is_ok()
}

/// Whether a period that was made is still that of its summary: of its company, and to its receiver's address.
fn is_its(issue: &Issue, setting: &Setting) -> bool {
    let company = setting.company.as_ref().map(CompanyId::as_str).unwrap_or_default();
    issue.company == company && issue.email == canonical(&setting.standing.email)
}

/// What a summary's mail says.
pub(crate) struct Told {
    issue: Issue,
    setting: Setting,
    counts: Vec<(LeadKind, i64, i64)>,
}

/// What a summary's mail says; `None` where whoever it goes to may not get it any more.
pub(crate) fn find(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Option<Told>, Refused> {
    let id = mail.subject.parse().expect("the subject of a summary is an issue");
    let Some(issue) = summary_issue::find(r, pass, &mail.account, &id)? else { return Ok(None) };
    let found = summary_issue::find_setting(r, pass, &mail.account, issue.summary)?;
    let Some(setting) = found else { return Ok(None) };
    if !is_its(&issue, &setting) || !may_get(&setting, issue.frequency, r.now) {
        return Ok(None);
    }
    let mut counts = summary_issue::list_counts(r, pass, &mail.account, (&issue, setting.user.as_ref()))?;
    counts.sort_by_key(|(kind, _, _)| *kind);
    Ok(Some(Told { issue, setting, counts }))
}
