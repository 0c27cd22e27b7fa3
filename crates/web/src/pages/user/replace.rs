//! A lower type: deleting and adding back in one go (U-10), or the free choice where the account has it (S3).

use std::collections::BTreeSet;

use app::Refused;
use app::access_change::{Confirmed, Preview};
use app::pass::AccountPass;
use app::user::{self, UserPage};
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::user::UserType;
use serde::Deserialize;

use super::change::{Words, draw, make, not_done, preview, version};
use super::{Managing, users_of};
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::views::access_change::ChangePage;
use crate::views::user::{Described as _, Keep};
use crate::views::{Choice, isolated};

/// Which companies are kept, and which access the page showed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    version: String,
    go: String,
    filter: String,
    company: Vec<String>,
}

impl Typed {
    fn companies(&self) -> BTreeSet<CompanyId> {
        self.company.iter().filter_map(|id| id.parse().ok()).collect()
    }
}

/// What changing to the type does. Who has all companies first says which ones are kept.
pub async fn page(visit: Managing, mut typed: Typed) -> Answer {
    let (id, to): (UserId, UserType) = (visit.param("user")?, visit.param("type")?);
    let (pass, user) = visit.read(move |r, pass| user::get(r, pass, &id)).await?;
    let has_all = user.user.user_type.has_all_companies();
    if has_all && (typed.go != "preview" || typed.company.is_empty()) {
        typed.choose_all_or_none(&user);
        return visit.page(keep(&visit, &pass, &user, to, &typed));
    }
    let companies = if has_all { typed.companies() } else { user.companies.iter().cloned().collect() };
    visit.page(review(&visit, to, companies).await?)
}

/// Deletes and adds back.
pub async fn replace(visit: Managing, typed: Typed) -> Answer {
    let to: UserType = visit.param("type")?;
    let change = Change::Replace { to, companies: typed.companies() };
    let confirmed = version(&typed.version).map(|seen| Confirmed { seen, message: None });
    match make(&visit, change, confirmed, Toast::UserReplaced).await {
        Err(Refused::Conflict(conflict)) => {
            not_done(&visit, review(&visit, to, typed.companies()).await?, conflict)
        }
        done => done,
    }
}

async fn review(
    visit: &Managing,
    to: UserType,
    companies: BTreeSet<CompanyId>,
) -> Result<ChangePage, Refused> {
    let hidden = companies.iter().map(|company| ("company", company.to_string())).collect::<Vec<_>>();
    let (pass, preview) = preview(visit, Change::Replace { to, companies }).await?;
    let mut page = draw(visit, &pass, &preview, &words(visit, &preview, to));
    page.hidden.extend(hidden);
    Ok(page)
}

impl Typed {
    fn choose_all_or_none(&mut self, user: &UserPage) {
        match self.go.as_str() {
            "all" => self.company = user.choices.iter().map(|company| company.id.to_string()).collect(),
            "none" => self.company.clear(),
            _ => {}
        }
    }
}

fn words(visit: &Managing, preview: &Preview, to: UserType) -> Words {
    let (t, user) = (visit.t(), &preview.user);
    let [from, to_name] = [user.user_type, to].map(|user_type| user_type.label(t).to_lowercase());
    Words {
        title: t.access_change_replace_title(isolated(&user.names.full()), &to_name),
        lead: t.access_change_replace_lead(from, &to_name),
        button: t.access_change_replace_button(&to_name),
        danger: false,
        undoable: true,
        action: format!("/change/{}", to.word()),
    }
}

fn keep(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    user: &UserPage,
    to: UserType,
    typed: &Typed,
) -> Keep {
    let t = visit.t();
    let choice = |company: &app::company::Company| {
        let chosen = typed.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    let fits = |company: &&app::company::Company| company.details.is_open_to(to == UserType::Agent);
    let name = user.user.names.full();
    let name = isolated(&name).to_string();
    let address = format!("{}/{}", users_of(pass), user.user.id);
    Keep {
        t,
        frame: visit.frame(pass),
        title: t.access_change_replace_title(&name, to.label(t).to_lowercase()),
        lead: t.access_change_replace_companies(name),
        companies: user.choices.iter().filter(fits).map(choice).collect(),
        company_filter: typed.filter.clone(),
        error: (typed.go == "preview").then(|| t.form_missing_company().to_owned()),
        action: format!("{address}/change/{}", to.word()),
        back: address,
    }
}
