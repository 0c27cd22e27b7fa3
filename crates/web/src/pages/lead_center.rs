//! Where agents land (L-02).

use app::account;
use app::pass::{AccountPass, HasPlace};
use domain::capability::proof::UseLeadCenter;
use domain::capability::{Capability, Mark, mark};

use super::shown;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::capability::Line;
use crate::views::lead_center::Home;
use crate::views::user::role;

/// What of the matrix is about Lead Center.
const HERE: [Capability; 4] =
    [Capability::UseLeadCenter, Capability::PlaceCalls, Capability::WorkLeads, Capability::AnswerLeads];

/// Who one is here, and for which companies.
pub async fn home(visit: Visit<AccountPass<UseLeadCenter>>, _: Nothing) -> Answer {
    let (pass, companies) = visit.read(account::lead_center_companies).await?;
    let (t, place) = (visit.t(), pass.place());
    let grants = &place.grants;
    let line = |capability| match mark(grants.user_type, grants.agent, capability) {
        Mark::No => None,
        mark => Some(Line::new(t, capability, mark)),
    };
    let names = place.names();
    visit.page(Home {
        t,
        frame: visit.frame(&pass),
        name: names.full(),
        display_name: Some(names.display.clone()).filter(|name| !name.is_empty()),
        agent: grants.agent,
        role: role(t, grants.user_type, grants.agent),
        companies: shown::companies(grants.user_type.has_all_companies(), &shown::company_names(&companies)),
        can: HERE.into_iter().filter_map(line).collect(),
    })
}
