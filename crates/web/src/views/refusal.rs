//! Why something is not allowed, in a person's words (P-17).

use domain::access::Refusal;
use domain::account_center::Standing;
use domain::user::UserStatus;
use text::Text;

use super::capability::label;

/// The refusal in one sentence, to the one who is refused.
pub fn sentence(t: Text, refusal: Refusal) -> String {
    match refusal {
        Refusal::Lacks(capability) => t.permission_lacks(label(t, capability)),
        Refusal::NotActive(UserStatus::Pending) => t.permission_pending().to_owned(),
        Refusal::NotActive(UserStatus::Suspended) => t.permission_suspended().to_owned(),
        Refusal::NotActive(_) => t.permission_gone().to_owned(),
        Refusal::NeedsProvider => t.permission_needs_provider().to_owned(),
        Refusal::OutsideCompanies => t.permission_outside().to_owned(),
        Refusal::CompanyDisabled => t.permission_disabled().to_owned(),
        Refusal::NoLeadCenter => t.permission_no_lead_center().to_owned(),
        Refusal::GreaterAccess => t.permission_greater().to_owned(),
        Refusal::OutlastsOwn => t.permission_outlasts().to_owned(),
        Refusal::OutsideKey(_) => t.permission_outside_key().to_owned(),
        Refusal::NamesProduct => t.permission_names_product().to_owned(),
        Refusal::NoSecondFactor => t.permission_no_second_factor().to_owned(),
        Refusal::Center(Standing::Executive) => t.permission_not_executive().to_owned(),
        Refusal::Center(_) => t.permission_not_everywhere().to_owned(),
    }
}
