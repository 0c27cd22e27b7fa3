//! What people bring along when they ask, as the server would put it together.

use app::pass::{Credentials, InvitationPass, operator_token};
use app::session::Entered;
use app::work::Origin;
use app::{App, Ask, Refused, Spoken};

use crate::people::Person;

/// Where people in tests come from.
pub(crate) const NETWORK: &str = "192.0.2.1";

pub(crate) fn visitor(network: &str) -> Ask {
    Ask {
        credentials: Credentials::default(),
        origin: Origin { network: network.to_owned(), request_id: "test".to_owned(), ..Origin::internal() },
        device: "Firefox on Linux".to_owned(),
        spoken: Spoken::default(),
    }
}

pub(crate) fn operator(app: &App) -> Ask {
    let operator = Some(operator_token(app.store.key()));
    Ask { credentials: Credentials { operator, ..Credentials::default() }, ..visitor(NETWORK) }
}

/// The credential is what the server makes of the link's path.
pub(crate) fn follow(app: &App, link: &str) -> Ask {
    let path = link.strip_prefix(&app.settings.base_url).expect("a link of this installation");
    let parts: Vec<&str> = path.split('/').collect();
    let credentials = match parts[..] {
        ["", "invitations", account, token] => {
            Credentials { invitation: Some(format!("{account}.{token}")), ..Credentials::default() }
        }
        ["", "invitation-block", account, mail, token] => Credentials {
            invitation_block: Some(format!("{account}.{mail}.{token}")),
            ..Credentials::default()
        },
        ["", "unsubscribe", account, what, number, token] => Credentials {
            unsubscribe: Some(format!("{account}.{what}.{number}.{token}")),
            ..Credentials::default()
        },
        ["", "access-request", token] => {
            Credentials { access_request: Some(token.to_owned()), ..Credentials::default() }
        }
        ["", "reset", token] => Credentials { reset: Some(token.to_owned()), ..Credentials::default() },
        ["", "email-change", token] => {
            Credentials { email_change: Some(token.to_owned()), ..Credentials::default() }
        }
        ["", "login-merge", token] => {
            Credentials { login_merge: Some(token.to_owned()), ..Credentials::default() }
        }
        ["", "setup", token] => Credentials { setup: Some(token.to_owned()), ..Credentials::default() },
        _ => panic!("no link that anybody follows: {link}"),
    };
    Ask { credentials, ..visitor(NETWORK) }
}

/// Accepts an invitation.
pub(crate) async fn accept(app: &App, link: &str, password: &str) -> Person {
    let ask = follow(app, link);
    let (invitation, ()) =
        app.read::<InvitationPass, ()>(&ask, (), |_, _| Ok(())).await.expect("a link that works");
    let accepted = app.accept(&ask, password).await.expect("the invitation is accepted");
    Person::signed_in(&invitation.email, accepted.session)
}

/// Types a temporary password at sign-in; what one asks with to choose one's own.
pub(crate) async fn type_temporary(app: &App, address: &str, password: &str) -> Result<Ask, Refused> {
    let visitor = visitor(NETWORK);
    match app.sign_in(&visitor, address, password).await? {
        Entered::Started(_) => panic!("{password} is no temporary password"),
        Entered::ChoosePassword(ticket) => {
            let credentials = Credentials { temporary_password: Some(ticket), ..Credentials::default() };
            Ok(Ask { credentials, ..visitor })
        }
    }
}
