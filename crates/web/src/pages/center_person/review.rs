//! Create Users at an account center: what was answered, and which mails go out, before anything is written (C-06).

use app::job::Checked;
use app::work::Reader;
use app::{Refused, center_person};
use domain::job::Fate;
use text::Text;

use super::accounts::all_companies;
use super::answers::Answers;
use super::create::{Creating, account_of};
use crate::views::center_person::new::{Given, Step};
use crate::views::isolated;
use crate::views::user::role;

/// In how many accounts the companies that were chosen are named.
const ACCOUNTS: usize = 10;
/// How many companies of each are named.
const COMPANIES: usize = 5;

/// Type, companies, mails and passwords.
pub(super) async fn review(
    visit: &Creating,
    answers: &Answers,
    checked: &Checked,
) -> Result<Vec<Given>, Refused> {
    let t = visit.t();
    let user_type = answers.kind().map(|user_type| role(t, user_type, answers.is_agent()));
    let mut review =
        vec![Given { what: t.user_type(), told: user_type.into_iter().collect(), step: Step::Type }];
    if answers.has_companies() {
        let told = companies(visit, answers).await?;
        review.push(Given { what: t.center_person_preview_companies(), told, step: Step::Accounts });
    }
    let signs_in = answers.kind().is_some_and(domain::user::UserType::has_login);
    let (new, known) = match signs_in {
        true => (checked.people(Fate::Waiting), checked.people(Fate::Known)),
        false => (0, 0),
    };
    let mails = mails(t, answers.is_temporary(), new, known);
    review.push(Given { what: t.center_person_preview_mails(), told: mails, step: Step::Password });
    if signs_in {
        let way = match (new, answers.is_temporary()) {
            (0, _) => t.center_person_preview_password_kept(),
            (_, true) => t.center_person_preview_password_temporary(),
            (_, false) => t.center_person_preview_password_own(),
        };
        let told = vec![way.to_owned()];
        review.push(Given { what: t.center_person_step_password(), told, step: Step::Password });
    }
    Ok(review)
}

fn mails(t: Text, is_temporary: bool, new: i64, known: i64) -> Vec<String> {
    let to_new = match is_temporary {
        true => t.center_person_preview_mail_awaited(new),
        false => t.center_person_preview_mail_link(new),
    };
    let to_new = (new > 0).then_some(to_new);
    let to_known = (known > 0).then(|| t.center_person_preview_mail_known(known));
    let told: Vec<String> = to_new.into_iter().chain(to_known).collect();
    if told.is_empty() { vec![t.center_person_preview_mail_none().to_owned()] } else { told }
}

/// The companies by name where some were chosen, and what the other accounts give.
async fn companies(visit: &Creating, answers: &Answers) -> Result<Vec<String>, Refused> {
    let t = visit.t();
    let (some, others): (Vec<&String>, Vec<&String>) =
        answers.account.iter().partition(|account| answers.some.contains(account));
    let named = some.iter().take(ACCOUNTS).map(|id| account_of(id)).collect::<Result<Vec<_>, _>>()?;
    let read = move |r: &mut Reader, pass: &_| {
        named.iter().map(|id| Ok((id.clone(), center_person::companies_in(r, pass, id)?))).collect()
    };
    let (_, found): (_, Vec<_>) = visit.read(read).await?;
    let line = |(id, (account, there)): &(domain::id::AccountId, (String, Vec<app::company::Company>))| {
        let chosen = answers.companies_of(id.as_str());
        let is_chosen = |company: &&app::company::Company| chosen.contains(&company.id.as_str());
        let names: Vec<&str> =
            there.iter().filter(is_chosen).map(|company| company.details.name.as_str()).collect();
        t.center_person_preview_companies_of(isolated(account), listed(t, &names))
    };
    let more = some.len().saturating_sub(ACCOUNTS) as i64;
    let more = (more > 0).then(|| t.center_person_preview_companies_more(more));
    let all = all_companies(t, answers);
    let others = (!others.is_empty()).then(|| match some.is_empty() {
        true => all.to_owned(),
        false => t.center_person_preview_companies_others(all),
    });
    Ok(found.iter().map(line).chain(more).chain(others).collect())
}

/// Some names, and how many more there are.
fn listed(t: Text, names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(COMPANIES).map(|name| isolated(name)).collect();
    let more = names.len() - shown.len();
    let more = (more > 0).then(|| format!(" {}", t.company_more(more as i64)));
    format!("{}{}", shown.join(", "), more.unwrap_or_default())
}
