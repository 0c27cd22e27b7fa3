//! Being invited no more by an account, and again.

use app::invitation_block;
use app::pass::{InvitationBlockPass, OpenPass};
use domain::brand::Look;

use super::invitation::plain;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::invitation_block::Block;

/// Exchanges the mailed link for a cookie. Nothing is done yet: programs that follow links are no people.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let part = |name: &str| plain(&visit.param::<String>(name)?);
    let link = format!("{}.{}.{}", part("account")?, part("mail")?, part("token")?);
    visit.go_with("/invitation-block", Cookie::InvitationBlock, &link)
}

/// Whose invitations would stop, or that they have.
pub async fn page(visit: Visit<InvitationBlockPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let look = pass.brand.as_ref().map(|brand| Look::of(&pass.account, brand));
    visit.page(Block {
        t: visit.t(),
        frame: visit.link_frame(look),
        account: pass.account_name,
        email: pass.email,
        is_blocked: pass.is_blocked,
    })
}

/// Stops them.
pub async fn block(visit: Visit<InvitationBlockPass>, _: Nothing) -> Answer {
    visit.write(invitation_block::block).await?;
    visit.go("/invitation-block")
}

/// Takes that back.
pub async fn allow(visit: Visit<InvitationBlockPass>, _: Nothing) -> Answer {
    visit.write(invitation_block::allow).await?;
    visit.go_and_tell("/invitation-block", Toast::InvitationsAllowed)
}
