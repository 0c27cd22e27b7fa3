//! What each user type may do (P-16).

use app::pass::{AccountPass, HasPlace as _};
use domain::capability::proof::AnyUser;

use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::permission::Matrix;

/// The matrix.
pub async fn matrix(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let grants = &pass.place().grants;
    let own = (grants.user_type, grants.agent);
    visit.page(Matrix { t: visit.t(), frame: visit.frame(&pass), own })
}
