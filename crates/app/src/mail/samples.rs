//! A sample of each mail, as whoever gives an account a brand looks at it before it is switched on (G-10).

use domain::alert::LeadKind;
use domain::mail::MailKind;
use domain::time::Timestamp;
use domain::user::UserType;
use text::Text;

use super::compose::{Address, ComposeError, Message, compose};
use super::sender::Sender;
use super::views::{
    AccessApprovedMail, AccessDeclinedMail, AccessGivenMail, AccessOfferMail, AccessRequestMail, AlertMail,
    AlertsMoreMail, ApiKeyCreatedMail, ApiKeyEndedMail, ApiKeyEndingMail, BrandHostMail, BundleLine,
    BundleMail, CenterAccountMail, EmailChangeMail, EmailChangedMail, EmailProofMail, EndNoticeMail,
    ExecutiveChangedMail, ExecutiveNoticeMail, HostNotice, InvitationMail, LoginMergeMail,
    LoginMergeUndoneMail, LoginMergedMail, PasswordChangedMail, ResetMail, SecondFactorMail, SummaryLine,
    SummaryMail, TemporaryPasswordMail,
};
use crate::moment::Moments;
use crate::second_factor::Told;
use crate::{alert, limits, words};

/// What the samples are filled in with.
struct Sample<'a> {
    t: Text,
    account: &'a str,
    link: String,
    when: String,
    from: Sender,
}

/// Whoever they go to, and whoever they tell of.
const READER: &str = "Kim Lee";
const EMAIL: &str = "kim@example.com";
const OTHER: &str = "Dana Reyes";
const HOST: &str = "calls.example.com";
/// When all of it was and will be: the last day of 2030, at five past two in the afternoon.
const AT: Timestamp = Timestamp::from_micros(1_924_956_300_000_000);

/// The mail of a kind to somebody, as `from` would send it for the account of this name. Its links lead nowhere.
pub fn sample(t: Text, kind: MailKind, from: Sender, account: &str) -> Result<Message, ComposeError> {
    let (link, when) = ("https://example.com/sample".to_owned(), moments(t).full(AT));
    Sample { t, account, link, when, from }.mail(kind)
}

fn moments(t: Text) -> Moments {
    Moments::new(t, "UTC", AT)
}

impl Sample<'_> {
    fn mail(self, kind: MailKind) -> Result<Message, ComposeError> {
        match kind {
            MailKind::Invitation | MailKind::Bundle | MailKind::AccessGiven | MailKind::TemporaryPassword => {
                self.welcome(kind)
            }
            MailKind::EndNotice
            | MailKind::AccessRequest
            | MailKind::AccessApproved
            | MailKind::AccessDeclined
            | MailKind::AccessOffer
            | MailKind::CenterAccount
            | MailKind::BrandHost
            | MailKind::Alert
            | MailKind::AlertsMore
            | MailKind::Summary
            | MailKind::ExecutiveChanged
            | MailKind::ExecutiveNotice => self.of_account(kind),
            MailKind::Reset
            | MailKind::EmailProof
            | MailKind::PasswordChanged
            | MailKind::SecondFactor
            | MailKind::ApiKeyCreated
            | MailKind::ApiKeyEnded
            | MailKind::ApiKeyEnding
            | MailKind::EmailChange
            | MailKind::EmailChanged
            | MailKind::LoginMerge
            | MailKind::LoginMerged
            | MailKind::LoginMergeUndone => self.of_login(kind),
        }
    }

    fn welcome(self, kind: MailKind) -> Result<Message, ComposeError> {
        let (t, name, by, link) = (self.t, READER.to_owned(), OTHER.to_owned(), self.link.clone());
        let expires_on = self.when.clone();
        let (account, role) =
            (self.account.to_owned(), words::user_type(self.t, UserType::Manager).to_owned());
        let lines = vec![BundleLine { account_name: account.clone(), type_name: role.clone() }];
        match kind {
            MailKind::Bundle => self.sent(&BundleMail {
                t,
                to_name: name,
                center_name: account.clone(),
                inviter_name: by,
                lines,
                more: 0,
                personal_message: None,
                block_link: link.clone(),
                link,
                block_name: account,
                expires_on,
            }),
            MailKind::AccessGiven => self.sent(&AccessGivenMail {
                t,
                to_name: name,
                center_name: account.clone(),
                by_name: by,
                lines,
                more: 0,
                block_link: link.clone(),
                link,
                block_name: account,
            }),
            MailKind::TemporaryPassword => self.sent(&TemporaryPasswordMail {
                t,
                to_name: name,
                account_name: account,
                more: 0,
                set_by: by,
                expires_on,
                block_link: link.clone(),
                link,
            }),
            _ => self.sent(&InvitationMail {
                t,
                to_name: name,
                account_name: account,
                inviter_name: by,
                type_name: role,
                block_link: link.clone(),
                link,
                personal_message: Some(t.brand_sample_message().to_owned()),
                expires_on,
                agent: false,
                executive_of: None,
            }),
        }
    }

    fn of_account(self, kind: MailKind) -> Result<Message, ComposeError> {
        let (t, to_name, by, link) = (self.t, READER.to_owned(), OTHER.to_owned(), self.link.clone());
        let (account_name, when, email) = (self.account.to_owned(), self.when.clone(), EMAIL.to_owned());
        let type_name = words::user_type(t, UserType::Manager).to_owned();
        match kind {
            MailKind::EndNotice => {
                let day = moments(t).date(AT);
                self.sent(&EndNoticeMail { t, to_name, user_name: by, account_name, day, link })
            }
            MailKind::AccessRequest => {
                let personal_message = Some(t.brand_sample_message().to_owned());
                let view =
                    AccessRequestMail { t, to_name, name: by, email, account_name, personal_message, link };
                self.sent(&view)
            }
            MailKind::AccessApproved => {
                self.sent(&AccessApprovedMail { t, to_name, account_name, type_name, link })
            }
            MailKind::AccessDeclined => {
                self.sent(&AccessDeclinedMail { t, to_name, account_name, reason: None })
            }
            MailKind::AccessOffer => {
                self.sent(&AccessOfferMail { t, account_name, block_link: link.clone(), link })
            }
            MailKind::ExecutiveChanged => {
                let (center_name, by_name) = (account_name, Some(by));
                self.sent(&ExecutiveChangedMail { t, to_name, center_name, by_name, when, made: true })
            }
            MailKind::ExecutiveNotice => {
                let (center_name, name, by_name) = (account_name, by, None);
                self.sent(&ExecutiveNoticeMail {
                    t,
                    to_name,
                    name,
                    email,
                    center_name,
                    by_name,
                    when,
                    made: true,
                })
            }
            MailKind::Alert | MailKind::AlertsMore | MailKind::Summary => self.told(kind),
            MailKind::BrandHost => {
                let (host, what) = (HOST.to_owned(), HostNotice::Failing(when));
                self.sent(&BrandHostMail { t, to_name, account_name, host, what, link })
            }
            _ => {
                let (center_name, by_name) = (account_name.clone(), by);
                let view =
                    CenterAccountMail { t, to_name, account_name, center_name, by_name, when, linked: true };
                self.sent(&view)
            }
        }
    }

    fn told(self, kind: MailKind) -> Result<Message, ComposeError> {
        let (t, to_name, when, link) =
            (self.t, READER.to_owned(), self.when.clone(), Some(self.link.clone()));
        let (company_name, account_name) = (self.account.to_owned(), self.account.to_owned());
        let stop_link = self.link.clone();
        match kind {
            MailKind::Alert => self.sent(&AlertMail {
                t,
                to_name,
                what: alert::kind(t, LeadKind::Missed).to_owned(),
                company_name,
                account_name,
                caller_name: OTHER.to_owned(),
                caller_number: alert::TEST_NUMBER.to_owned(),
                tracker_name: String::new(),
                when,
                first: true,
                test: false,
                link,
                stop_link,
            }),
            MailKind::AlertsMore => {
                let (more, most) = (12, limits::ALERT.most);
                self.sent(&AlertsMoreMail {
                    t,
                    to_name,
                    company_name,
                    account_name,
                    more,
                    most,
                    link,
                    stop_link,
                })
            }
            _ => {
                let label = alert::kind(t, LeadKind::Answered).to_owned();
                self.sent(&SummaryMail {
                    t,
                    to_name,
                    title: t.mail_summary_daily().to_owned(),
                    whose: company_name,
                    account_name,
                    period: moments(t).date(AT),
                    lines: vec![SummaryLine { label, number: t.number(12) }],
                    total: 12,
                    link,
                    stop_link,
                })
            }
        }
    }

    fn of_login(self, kind: MailKind) -> Result<Message, ComposeError> {
        let (t, to_name, link, when) = (self.t, READER.to_owned(), self.link.clone(), self.when.clone());
        let (minutes, device) = (60, t.brand_sample_device().to_owned());
        match kind {
            MailKind::Reset => self.sent(&ResetMail { t, to_name, link, minutes }),
            MailKind::EmailProof => self.sent(&EmailProofMail { t, to_name, link, minutes }),
            MailKind::PasswordChanged => self.sent(&PasswordChangedMail { t, to_name, when, device }),
            MailKind::SecondFactor => {
                self.sent(&SecondFactorMail { t, to_name, told: Told::On, when, device })
            }
            MailKind::ApiKeyCreated => {
                let (key_name, by_operator) = (t.brand_sample_key().to_owned(), false);
                self.sent(&ApiKeyCreatedMail { t, to_name, key_name, when, device, by_operator })
            }
            MailKind::ApiKeyEnding => {
                let key_name = t.brand_sample_key().to_owned();
                self.sent(&ApiKeyEndingMail { t, to_name, key_name, ends: when })
            }
            MailKind::ApiKeyEnded => {
                let (key_name, by) = (t.brand_sample_key().to_owned(), OTHER.to_owned());
                let account_name = self.account.to_owned();
                self.sent(&ApiKeyEndedMail { t, to_name, key_name, when, account_name, by })
            }
            MailKind::EmailChange => self.sent(&EmailChangeMail { t, to_name, link, minutes }),
            MailKind::EmailChanged => self.sent(&EmailChangedMail { t, to_name, when, device }),
            MailKind::LoginMerge => self.sent(&LoginMergeMail { t, to_name, link, minutes }),
            MailKind::LoginMerged => {
                self.sent(&LoginMergedMail { t, to_name, when, signs_in: true, days: 14 })
            }
            _ => self.sent(&LoginMergeUndoneMail { t, to_name, when, signs_in: true }),
        }
    }

    fn sent(self, view: &impl super::views::View) -> Result<Message, ComposeError> {
        let to = Address { name: READER.to_owned(), email: EMAIL.to_owned() };
        compose(view, self.from, to, "sample@localhost".to_owned())
    }
}
