//! What the mails of the outbox say, as the database knows it at the moment of sending.

use domain::id::{AccessRequestId, AccountId, BundleId, EmailChangeId, InvitationId, LoginMergeId, ResetId};
use domain::mail::MailKind;
use store::access_request::{self, Answered, Asked};
use store::brand::notice;
use store::bundle;
use store::mail::{self, Mail, ReadsMail};
use store::work::Reader;

use super::lead_notice::{self, LeadNotice};
use super::login_notice::{self, LoginNotice};
use super::speaker::Speaker;
use crate::Refused;
use crate::center_notice::{self, CenterNotice};

/// What a mail says.
pub(super) enum Content {
    Invitation(store::mail::InvitationContent, InvitationId),
    Reset(String, String, ResetId),
    EmailChange(store::email_change::Content, EmailChangeId),
    LoginMerge(String, LoginMergeId),
    EndNotice(store::mail::EndContent),
    AccessRequest(Asked, AccessRequestId),
    AccessApproved(Answered),
    AccessDeclined(Answered),
    AccessOffer(AccountId, String, String),
    TemporaryPassword(store::temporary_password::Content),
    EmailProof(String, ResetId),
    Bundle(bundle::Content, BundleId),
    AccessGiven(bundle::Content),
    LoginNotice(LoginNotice),
    CenterNotice(CenterNotice),
    BrandHost(notice::Content),
    LeadNotice(LeadNotice),
}

impl Content {
    /// Who speaks in it: a brand in no mail of several accounts, and with its own host in no link that was not made for it.
    pub(super) fn spoken_by(&self, speaker: Speaker) -> Speaker {
        match self {
            // It opens a center, not the account alone.
            Content::Invitation(content, _) if content.executive_of.is_some() && speaker.is_brand() => {
                Speaker::Nobody
            }
            Content::Invitation(content, _) if speaker.links() != Some(content.host.as_str()) => {
                speaker.with_links_to_server()
            }
            Content::Reset(_, host, _) if speaker.links() != Some(host.as_str()) => {
                speaker.with_links_to_server()
            }
            Content::Bundle(content, _) | Content::AccessGiven(content)
                if speaker.is_brand() && content.accounts.len() as i64 + content.more > 1 =>
            {
                Speaker::Nobody
            }
            // Whoever has the name now is not known.
            Content::BrandHost(_) => speaker.without_host(),
            // What they open is more than the account.
            Content::Bundle(..) | Content::AccessGiven(_) => speaker.with_links_to_server(),
            Content::TemporaryPassword(content) if content.more > 0 => speaker.with_links_to_server(),
            Content::Invitation(..)
            | Content::TemporaryPassword(_)
            | Content::Reset(..)
            | Content::EmailChange(..)
            | Content::LoginMerge(..)
            | Content::EndNotice(_)
            | Content::AccessRequest(..)
            | Content::AccessApproved(_)
            | Content::AccessDeclined(_)
            | Content::AccessOffer(..)
            | Content::EmailProof(..)
            | Content::LoginNotice(_)
            | Content::CenterNotice(_)
            | Content::LeadNotice(_) => speaker,
        }
    }
}

/// Finds it; `None` if what it tells of is over.
pub(super) fn find(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Option<Content>, Refused> {
    let parsed = "the subject of a mail is an id of its kind";
    match mail.kind {
        MailKind::Invitation => {
            let id: InvitationId = mail.subject.parse().expect(parsed);
            let found = mail::find_invitation(r, pass, &mail.account, &id, mail.generation)?;
            Ok(found.map(|content| Content::Invitation(content, id)))
        }
        MailKind::Reset => {
            let id = mail.subject.parse().expect(parsed);
            Ok(mail::find_reset(r, pass, &id)?.map(|(name, host)| Content::Reset(name, host, id)))
        }
        MailKind::EmailProof => {
            let id = mail.subject.parse().expect(parsed);
            Ok(mail::find_reset(r, pass, &id)?.map(|(name, _)| Content::EmailProof(name, id)))
        }
        MailKind::TemporaryPassword => {
            let id = mail.subject.parse().expect(parsed);
            let found = store::temporary_password::find_content(r, pass, &mail.account, &id, &mail.email)?;
            Ok(found.map(Content::TemporaryPassword))
        }
        MailKind::EndNotice => {
            let id = mail.subject.parse().expect(parsed);
            Ok(mail::find_end(r, pass, &mail.account, &id, &mail.email)?.map(Content::EndNotice))
        }
        MailKind::EmailChange => {
            let id = mail.subject.parse().expect(parsed);
            let found = store::email_change::find_content(r, pass, &id, mail.generation)?;
            Ok(found.map(|content| Content::EmailChange(content, id)))
        }
        MailKind::LoginMerge => {
            let id = mail.subject.parse().expect(parsed);
            let found = store::login_merge::find_content(r, pass, &id, mail.generation)?;
            Ok(found.map(|name| Content::LoginMerge(name, id)))
        }
        MailKind::AccessRequest => {
            let id: AccessRequestId = mail.subject.parse().expect(parsed);
            let found = access_request::find_asked(r, pass, &mail.account, &id, &mail.email)?;
            Ok(found.map(|asked| Content::AccessRequest(asked, id)))
        }
        MailKind::AccessApproved => {
            let id = mail.subject.parse().expect(parsed);
            Ok(access_request::find_approved(r, pass, &mail.account, &id)?.map(Content::AccessApproved))
        }
        MailKind::AccessDeclined => {
            let id = mail.subject.parse().expect(parsed);
            Ok(access_request::find_declined(r, pass, &mail.account, &id)?.map(Content::AccessDeclined))
        }
        MailKind::AccessOffer => {
            let Some((account, name, link)) = access_request::find_offer(r, pass, &mail.account)? else {
                return Ok(None);
            };
            let token = link.token(r.key(), &account);
            Ok(token.map(|token| Content::AccessOffer(account, name, token)))
        }
        MailKind::Bundle => {
            let id = mail.subject.parse().expect(parsed);
            Ok(bundle::find_invited(r, pass, &id)?.map(|content| Content::Bundle(content, id)))
        }
        MailKind::AccessGiven => {
            let id = mail.subject.parse().expect(parsed);
            Ok(bundle::find_let_in(r, pass, &id)?.map(Content::AccessGiven))
        }
        MailKind::PasswordChanged
        | MailKind::EmailChanged
        | MailKind::ApiKeyCreated
        | MailKind::ApiKeyEnding
        | MailKind::ApiKeyEnded
        | MailKind::SecondFactor
        | MailKind::LoginMerged
        | MailKind::LoginMergeUndone => Ok(login_notice::find(r, pass, mail)?.map(Content::LoginNotice)),
        MailKind::ExecutiveChanged | MailKind::ExecutiveNotice | MailKind::CenterAccount => {
            Ok(center_notice::find(r, pass, mail)?.map(Content::CenterNotice))
        }
        MailKind::Alert | MailKind::AlertsMore | MailKind::Summary => {
            Ok(lead_notice::find(r, pass, mail)?.map(Content::LeadNotice))
        }
        MailKind::BrandHost => Ok(notice::find(r, pass, mail)?.map(Content::BrandHost)),
    }
}
