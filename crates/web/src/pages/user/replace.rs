//! A lower type: deleting and adding back in one go (U-10), or the free choice where the account has it (S3).

use std::collections::BTreeSet;

use app::access_change::{self, Confirmed, Preview};
use app::pass::AccountPass;
use app::user::{self, UserPage};
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::user::UserType;
use serde::Deserialize;

use super::change::{Words, draw, make};
use super::{Managing, users_of};
use crate::http::toast::Toast;
use crate::http::visit::Answer;
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
    let wanted = id.clone();
    let (pass, user) = visit.read(move |r, pass| user::get(r, pass, &wanted)).await?;
    let has_all = user.user.user_type.has_all_companies();
    if has_all && (typed.go != "preview" || typed.company.is_empty()) {
        typed.choose_all_or_none(&user);
        return visit.page(keep(&visit, &pass, &user, to, &typed));
    }
    let companies = if has_all { typed.companies() } else { user.companies.iter().cloned().collect() };
    let change = Change::Replace { to, companies: companies.clone() };
    let (pass, preview) = visit.read(move |r, pass| access_change::preview(r, pass, &id, &change)).await?;
    let mut page = draw(&visit, &pass, &preview, &words(&visit, &preview, to, user.free_types));
    page.hidden.extend(companies.iter().map(|company| ("company", company.to_string())));
    visit.page(page)
}

/// Deletes and adds back.
pub async fn replace(visit: Managing, typed: Typed) -> Answer {
    let to: UserType = visit.param("type")?;
    let change = Change::Replace { to, companies: typed.companies() };
    let confirmed = Confirmed { seen: typed.version.parse().ok(), message: None };
    make(&visit, change, confirmed, Toast::UserReplaced).await
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

fn words(visit: &Managing, preview: &Preview, to: UserType, free: bool) -> Words {
    let (t, user) = (visit.t, &preview.user);
    let [from, to_name] = [user.user_type, to].map(|user_type| user_type.label(t).to_lowercase());
    let title = t.access_change_replace_title(isolated(&user.names.full()), &to_name);
    let (lead, button) = match free {
        true => (t.access_change_replace_free_lead(from, to_name), t.access_change_replace_free_button()),
        false => (t.access_change_replace_lead(from, to_name), t.access_change_replace_button()),
    };
    let action = format!("/change/{}", to.word());
    Words { title, lead, button: button.to_owned(), danger: true, undoable: true, action }
}

fn keep(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    user: &UserPage,
    to: UserType,
    typed: &Typed,
) -> Keep {
    let t = visit.t;
    let choice = |company: &app::company::Company| {
        let chosen = typed.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    let fits = |company: &&app::company::Company| to != UserType::Agent || company.details.lead_center;
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

/// The types a user can be given that are no promotion (U-10), least first.
pub(super) fn lower_types(user: &user::User) -> Vec<UserType> {
    let is_lower = |to: &&UserType| {
        **to != user.user_type && !domain::user::is_promotion(user.user_type, user.agent, **to)
    };
    UserType::ALL.iter().rev().filter(is_lower).copied().collect()
}
