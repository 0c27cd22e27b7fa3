//! Summaries that come by themselves (P-01): at seven in the morning where the company is, of the day, the week or the month
//! before. A server that was off sends the last one that it has missed, and no earlier ones.

use domain::id::{AccountId, SummaryIssueId};
use domain::mail::MailKind;
use domain::receiver::Stop;
use domain::summary_email::Frequency;
use domain::summary_email::schedule::{latest, next_due};
use domain::time::{Span, Zone};
use store::mail::{self, Mail, NewMail, ReadsMail};
use store::pass::SystemPass;
use store::summary_issue::{self, Due, Issue};
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};
use text::Text;

use crate::mail::views::{SummaryLine, SummaryMail};
use crate::moment::Moments;
use crate::{App, Refused, alert};

impl App {
    /// Puts the summaries that are due into the outbox, a page of them; how many were done.
    pub async fn send_due_summaries(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let list = move |r: &mut Reader| summary_issue::list_due(r, &reader);
        let mut done = 0;
        for due in self.store.read::<_, Refused>(move |r| Ok(list(r)?)).await? {
            let (pass, tried) = (pass.clone(), due.clone());
            match self.store.write_later(Origin::internal(), move |w| issue(w, &pass, &due)).await {
                Ok(()) => done += 1,
                // One that fails must not hold up those behind it.
                Err(refused) => {
                    tracing::error!(summary = %tried.summary, ?refused, "a summary could not be sent");
                }
            }
        }
        Ok(done)
    }

    pub(crate) fn summary_mail(&self, t: Text, told: Told, mail: &Mail, base: &str) -> SummaryMail {
        let Told { issue, counts } = told;
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
        let mut lines: Vec<SummaryLine> = counts.iter().map(line).collect();
        if total > 0 {
            let firsts = counts.iter().map(|(_, _, first)| first).sum();
            let label = t.mail_summary_first().to_owned();
            lines.push(SummaryLine { label, number: t.number(firsts) });
        }
        SummaryMail {
            t,
            to_name: issue.name,
            title: title.to_owned(),
            whose: issue.company_name.unwrap_or_else(|| issue.account_name.clone()),
            account_name: issue.account_name,
            period,
            lines,
            total,
            link: issue.signs_in.then(|| format!("{base}/accounts/{account}")),
            stop_link: self.unsubscribe_link(&account, Stop::Summary(issue.summary), base),
        }
    }
}

/// Sends one that is due, and notes when it is due next. What nobody has looked at before is only noted: its first moment is to
/// come.
fn issue(mut w: Writer, pass: &SystemPass, due: &Due) -> Result<Committed<()>, Refused> {
    let Some(planned) = summary_issue::find_planned(&mut w, pass, due)? else {
        return Ok(w.commit_unrecorded(Unrecorded::Mail, ()));
    };
    let (now, zone) = (w.now, Zone::named(&planned.time_zone));
    let is_mine = summary_issue::update_planned(&mut w, pass, due, next_due(due.frequency, &zone, now))?;
    if let (true, Some(_), Some(email)) = (is_mine, due.due_at, &planned.email) {
        let (id, period): (SummaryIssueId, _) = (w.new_id(), latest(due.frequency, &zone, now));
        if summary_issue::insert(&mut w, pass, &id, (due, &planned, email), &period)? {
            let (account, kind, subject) = (Some(&due.account), MailKind::Summary, id.as_str());
            mail::insert(&mut w, &NewMail { account, kind, subject, generation: 0, email })?;
        }
    }
    Ok(w.commit_unrecorded(Unrecorded::Mail, ()))
}

/// What a summary's mail says.
pub(crate) struct Told {
    issue: Issue,
    counts: Vec<(domain::alert::LeadKind, i64, i64)>,
}

/// What a summary's mail says; `None` where whoever it goes to may not get it any more.
pub(crate) fn find(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Option<Told>, Refused> {
    let id = mail.subject.parse().expect("the subject of a summary is an issue");
    let Some(issue) = summary_issue::find(r, pass, &mail.account, &id)? else { return Ok(None) };
    let mut counts = match issue.lead_status.counts_unjudged() {
        true => summary_issue::list_counts(r, pass, &mail.account, &issue)?,
        // Nobody can judge leads yet.
        false => Vec::new(),
    };
    counts.sort_by_key(|(kind, _, _)| *kind);
    Ok(Some(Told { issue, counts }))
}
