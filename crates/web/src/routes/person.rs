//! What is nobody's in particular, or one person's: ways in, and `/me`.

use domain::activity::Verb;

use crate::http::route::{Route, get, post, post_for_mailboxes};
use crate::pages::{
    self, access_map, access_request, account, api_key, brand, email_change, invitation, invitation_block,
    language, login_merge, me, passkey, proof, push, reset, second_factor, see_as, session, setup,
    single_sign_on, temporary_password, unsubscribe,
};

/// All of them.
pub(super) fn all() -> Vec<Route> {
    [ways_in(), own()].into_iter().flatten().collect()
}

fn ways_in() -> Vec<Route> {
    vec![
        get("/", session::start),
        get("/sign-in", session::sign_in_page),
        post("/sign-in", session::sign_in).records(&[Verb::SessionStarted]),
        post("/sign-in/passkey/begin", passkey::ask),
        post("/sign-in/passkey", passkey::sign_in).records(&[Verb::SessionStarted]),
        get("/sign-in/single-sign-on", single_sign_on::sign_in_page),
        post("/sign-in/single-sign-on", single_sign_on::sign_in),
        get("/single-sign-on/{account}", single_sign_on::return_page),
        post("/single-sign-on/{account}", single_sign_on::arrive)
            .records(&[Verb::SessionStarted, Verb::SingleSignOnUsed]),
        post("/sign-out", session::sign_out).records(&[Verb::SessionEnded]),
        post("/see-as/end", see_as::end).records(&[Verb::SeeAsEnded]),
        post("/language", language::choose),
        get("/setup/{token}", setup::follow),
        get("/setup", setup::page),
        post("/setup", setup::set_up).records(&[
            Verb::AccountCreated,
            Verb::UserCreated,
            Verb::SessionStarted,
        ]),
        get("/reset", reset::page),
        post("/reset", reset::request).records(&[Verb::ResetRequested]),
        get("/reset/new", reset::new_page),
        post("/reset/new", reset::complete).records(&[Verb::PasswordChanged, Verb::SessionStarted]),
        get("/reset/{token}", reset::follow),
        get("/email-change", email_change::confirm_page),
        post("/email-change", email_change::confirm).records(&[
            Verb::EmailChanged,
            Verb::UserChanged,
            Verb::SessionStarted,
        ]),
        get("/email-change/{token}", email_change::follow),
        get("/login-merge", login_merge::link_page),
        post("/login-merge", login_merge::use_link).records(&[Verb::LoginMergeProven]),
        get("/login-merge/{token}", login_merge::follow),
        get("/invitations/{account}/{token}", invitation::follow),
        get("/invitation", invitation::page),
        post("/invitation", invitation::accept).records(&[Verb::InvitationAccepted, Verb::SessionStarted]),
        get("/invitation-block/{account}/{mail}/{token}", invitation_block::follow),
        get("/invitation-block", invitation_block::page),
        post("/invitation-block", invitation_block::block).records(&[Verb::InvitationBlocked]),
        post("/invitation-block/allow", invitation_block::allow).records(&[Verb::InvitationAllowed]),
        get("/unsubscribe/{account}/{what}/{number}/{token}", unsubscribe::follow),
        post_for_mailboxes("/unsubscribe/{account}/{what}/{number}/{token}", unsubscribe::at_once)
            .records(&[Verb::EmailsStopped]),
        get("/unsubscribe", unsubscribe::page),
        post("/unsubscribe", unsubscribe::stop).records(&[Verb::EmailsStopped]),
        get("/access-request/{token}", access_request::follow),
        get("/logos/{account}/{token}", brand::served::logo),
        get("/looks/{token}", brand::served::look),
        get("/second-factor", second_factor::code_page),
        post("/second-factor", second_factor::prove).records(&[Verb::SessionStarted]),
        post("/second-factor/passkey/begin", passkey::ask_second),
        post("/second-factor/passkey", passkey::prove).records(&[Verb::SessionStarted]),
        get("/temporary-password", temporary_password::choose_page),
        post("/temporary-password", temporary_password::choose)
            .records(&[Verb::InvitationAccepted, Verb::SessionStarted]),
    ]
}

fn own() -> Vec<Route> {
    vec![
        get("/accounts", account::choose),
        get("/me", me::page),
        post("/me", me::change).records(&[Verb::LoginChanged]),
        get("/me/password", me::password_page),
        post("/me/password", me::change_password).records(&[Verb::PasswordChanged, Verb::SessionStarted]),
        get("/me/proof", proof::page),
        post("/me/proof", proof::prove).records(&[Verb::SessionProven]),
        get("/me/second-factor", second_factor::page),
        post("/me/second-factor/begin", second_factor::begin).records(&[Verb::SecondFactorShown]),
        post("/me/second-factor", second_factor::turn_on)
            .records(&[Verb::SecondFactorAdded, Verb::SessionStarted]),
        post("/me/second-factor/codes", second_factor::renew).records(&[Verb::RecoveryCodesMade]),
        post("/me/second-factor/off", second_factor::turn_off).records(&[Verb::SecondFactorRemoved]),
        get("/me/passkeys", passkey::page),
        post("/me/passkeys/begin", passkey::begin),
        post("/me/passkeys", passkey::add).records(&[Verb::PasskeyAdded, Verb::SessionStarted]),
        get("/me/passkeys/{passkey}", passkey::edit_page),
        post("/me/passkeys/{passkey}", passkey::rename).records(&[Verb::PasskeyRenamed]),
        post("/me/passkeys/{passkey}/remove", passkey::remove).records(&[Verb::PasskeyRemoved]),
        get("/me/email", email_change::page),
        post("/me/email", email_change::request).records(&[Verb::EmailChangeRequested]),
        post("/me/email/send", email_change::send_again).records(&[Verb::EmailChangeRequested]),
        post("/me/email/cancel", email_change::cancel).records(&[Verb::EmailChangeCancelled]),
        get("/me/merge", login_merge::page),
        post("/me/merge", login_merge::prove).records(&[Verb::LoginMergeProven]),
        post("/me/merge/link", login_merge::request).records(&[Verb::LoginMergeRequested]),
        post("/me/merge/send", login_merge::send_again).records(&[Verb::LoginMergeRequested]),
        post("/me/merge/cancel", login_merge::cancel).records(&[Verb::LoginMergeCancelled]),
        get("/me/merge/confirm", login_merge::confirm_page),
        post("/me/merge/confirm", login_merge::confirm).records(&[
            Verb::LoginMerged,
            Verb::UserMerged,
            Verb::SessionStarted,
        ]),
        get("/me/merge/undo/{login_merge}", login_merge::undo_page),
        post("/me/merge/undo/{login_merge}", login_merge::undo).records(&[
            Verb::LoginMergeUndone,
            Verb::UserUnmerged,
            Verb::SessionStarted,
        ]),
        get("/me/push", push::page),
        post("/me/push", push::turn_on).records(&[Verb::PushTurnedOn]),
        post("/me/push/{push_device}/test", push::send_test).records(&[Verb::PushTested]),
        post("/me/push/{push_device}/end", push::turn_off).records(&[Verb::PushTurnedOff]),
        get("/me/access", access_map::own),
        get("/me/sessions", me::sessions),
        post("/me/sessions/end-others", me::end_others).records(&[Verb::SessionEnded]),
        post("/me/sessions/{session}/end", me::end_session).records(&[Verb::SessionEnded]),
        get("/me/api", pages::api::show),
        get("/me/api-keys", api_key::list),
        get("/me/api-keys/new", api_key::create::page),
        post("/me/api-keys", api_key::create::create).records(&[Verb::ApiKeyCreated]),
        get("/me/api-keys/{api_key}", api_key::page),
        post("/me/api-keys/{api_key}", api_key::rename).records(&[Verb::ApiKeyChanged]),
        get("/me/api-keys/{api_key}/end", api_key::end_page),
        post("/me/api-keys/{api_key}/end", api_key::end).records(&[Verb::ApiKeyEnded]),
        get("/me/access-requests", access_request::page),
        // In the person's own activity, and in that of the account.
        post("/me/access-requests", access_request::ask)
            .records(&[Verb::AccessRequested, Verb::AccessRequested]),
        post("/me/access-requests/{access_request}/withdraw", access_request::withdraw)
            .records(&[Verb::AccessWithdrawn, Verb::AccessWithdrawn]),
        post("/me/email/prove", temporary_password::prove).records(&[Verb::ResetRequested]),
    ]
}
