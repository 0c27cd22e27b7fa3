//! Alerts: what came in for a company, and who is told of it, by what (G-08).
//!
//! [`decide`] is asked before an alert is queued, once more when it is sent, and by the page that shows who would be told.

use std::str::FromStr;

use crate::email;
use crate::id::UserId;
use crate::notification::{Alert, AlertType};
use crate::receiver::Reach;
use crate::time::Timestamp;
use crate::user::{Unknown, UserStatus, UserType, words};

words! {
    /// What came in.
    LeadKind {
        /// A call that somebody answered.
        Answered = "answered_call",
        /// A call that nobody answered.
        Missed = "missed_call",
        /// A call that went to the mailbox.
        Voicemail = "voicemail",
        /// A text.
        Text = "text",
    }
}

/// What of an event decides whom it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// What came in.
    pub kind: LeadKind,
    /// Whether it is the first of its caller.
    pub first: bool,
    /// The agent who answered.
    pub agent: Option<UserId>,
}

impl Alert {
    /// Whether it tells of this.
    pub fn tells_of(&self, occasion: &Occasion) -> bool {
        if self.agent.is_some() && self.agent != occasion.agent {
            return false;
        }
        if occasion.kind == LeadKind::Text {
            return self.sms_enabled;
        }
        let unanswered = matches!(occasion.kind, LeadKind::Missed | LeadKind::Voicemail);
        self.call_enabled
            && match self.alert_type {
                Some(AlertType::All) => true,
                Some(AlertType::FirstCall) => occasion.first,
                Some(AlertType::MissedAndVoicemail) => unanswered,
                Some(AlertType::Voicemail) => occasion.kind == LeadKind::Voicemail,
                None => false,
            }
    }
}

/// What is known of a receiver at this moment, for one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their user; `None` for an address without one.
    pub user: Option<Member>,
    /// The address.
    pub email: String,
    /// Of an address without a user: whether it was or is somebody's since it was set up.
    pub became_a_user: bool,
    /// Whether the mail server has refused the address.
    pub refused: bool,
    /// Whether push is on for a device of theirs.
    pub has_device: bool,
    /// Whether the company is disabled.
    pub company_disabled: bool,
}

/// What is known of a receiver's user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The type.
    pub user_type: UserType,
    /// The status.
    pub status: UserStatus,
    /// When the access ends by itself.
    pub ends_at: Option<Timestamp>,
    /// Whether they have the company.
    pub has_company: bool,
}

/// Why somebody is not told, from what keeps everything from them to what keeps only one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The company is disabled.
    CompanyDisabled,
    /// Their user is deleted.
    Deleted,
    /// Their access is switched off.
    Suspended,
    /// Their access has ended.
    Ended,
    /// They do not have the company any more.
    NoCompany,
    /// The address without a user became one's, who has settings of their own.
    BecameAUser,
    /// They are not told of this.
    Another,
    /// It is not set to come so.
    Off,
    /// Their type gets no emails (L-05, P-01).
    NoEmails,
    /// The mail server has refused their address.
    Refused,
    /// Push is on for no device of theirs.
    NoDevice,
}

/// By what somebody is told, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// By email.
    pub email: Result<(), Why>,
    /// By push.
    pub push: Result<(), Why>,
}

impl Ways {
    /// Not at all.
    pub fn none(why: Why) -> Ways {
        Ways { email: Err(why), push: Err(why) }
    }

    /// By what either of two tells; why neither does, of whichever is nearer to telling: where one is set up for this but not by push,
    /// it is of no matter that another is not set up for this.
    pub fn or(self, other: Ways) -> Ways {
        let either = |one: Result<(), Why>, other: Result<(), Why>| {
            one.or(other).map_err(|_| {
                let (one, other) = (one.err().unwrap_or(Why::Off), other.err().unwrap_or(Why::Off));
                one.max(other)
            })
        };
        Ways { email: either(self.email, other.email), push: either(self.push, other.push) }
    }

    /// Whether they are told at all.
    pub fn is_told(self) -> bool {
        self.email.is_ok() || self.push.is_ok()
    }
}

/// Whether a receiver may be told anything of the company at this moment.
fn admit(standing: &Standing, now: Timestamp) -> Result<(), Why> {
    let bar = |holds: bool, why: Why| if holds { Err(why) } else { Ok(()) };
    bar(standing.company_disabled, Why::CompanyDisabled)?;
    let Some(user) = &standing.user else { return bar(standing.became_a_user, Why::BecameAUser) };
    bar(user.status == UserStatus::Deleted, Why::Deleted)?;
    bar(user.status == UserStatus::Suspended, Why::Suspended)?;
    bar(user.ends_at.is_some_and(|end| end <= now), Why::Ended)?;
    bar(!user.has_company && !user.user_type.has_all_companies(), Why::NoCompany)
}

/// Whether a receiver may be mailed anything of the company at this moment, or of all companies that they have: an alert that is
/// set to come so, or a summary.
pub fn admit_by_email(standing: &Standing, now: Timestamp) -> Result<(), Why> {
    admit(standing, now)?;
    let reach = standing.user.as_ref().map_or(Reach::Address, |user| Reach::of(user.user_type));
    match () {
        () if reach == Reach::NoEmails => Err(Why::NoEmails),
        () if standing.refused => Err(Why::Refused),
        () => Ok(()),
    }
}

/// By what one setting tells its receiver of something at this moment. Without an occasion, of anything at all.
pub fn decide(occasion: Option<&Occasion>, alert: &Alert, standing: &Standing, now: Timestamp) -> Ways {
    if let Err(why) = admit(standing, now) {
        return Ways::none(why);
    }
    if occasion.is_some_and(|occasion| !alert.tells_of(occasion)) {
        return Ways::none(Why::Another);
    }
    let email = if alert.send_email { admit_by_email(standing, now) } else { Err(Why::Off) };
    let push = match () {
        // What a browser shows comes by push, too.
        () if !alert.send_push && !alert.send_desktop => Err(Why::Off),
        () if !standing.has_device => Err(Why::NoDevice),
        () => Ok(()),
    };
    Ways { email, push }
}

/// Settings of one receiver put together: each of them once, in the order of their first, with what tells them. What comes along
/// is that of a setting that tells, and by push if one does: a push goes to its login.
pub fn together<T>(settings: Vec<(Standing, Ways, T)>) -> Vec<(Standing, Ways, T)> {
    let mut told: Vec<(Standing, Ways, T)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (standing, ways, rest) in settings {
        let key = email::canonical(&standing.email);
        match places.get(&key) {
            Some(&place) => {
                let kept: &mut (Standing, Ways, T) = &mut told[place];
                let both = kept.1.or(ways);
                let tells = |ways: Ways| (ways.push.is_ok(), ways.is_told());
                if tells(ways) > tells(kept.1) {
                    *kept = (standing, ways, rest);
                }
                kept.1 = both;
            }
            None => {
                places.insert(key, told.len());
                told.push((standing, ways, rest));
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(alert_type: AlertType) -> Alert {
        Alert {
            alert_type: Some(alert_type),
            call_enabled: true,
            send_email: true,
            send_push: true,
            ..Alert::default()
        }
    }

    fn occasion(kind: LeadKind, first: bool) -> Occasion {
        Occasion { kind, first, agent: None }
    }

    fn manager() -> Standing {
        let user = Member {
            user_type: UserType::Manager,
            status: UserStatus::Active,
            ends_at: None,
            has_company: true,
        };
        Standing {
            user: Some(user),
            email: "mia@example.com".to_owned(),
            became_a_user: false,
            refused: false,
            has_device: true,
            company_disabled: false,
        }
    }

    /// G-08. Seen to fail: with each of the four types of alerts taken for another one, with texts told as calls are, and
    /// with the agent not looked at.
    #[test]
    fn g08_an_alert_tells_of_what_it_is_set_for() {
        use LeadKind::{Answered, Missed, Text, Voicemail};
        let told = |which: &Alert| {
            let mut told = Vec::new();
            for kind in [Answered, Missed, Voicemail, Text] {
                for first in [false, true] {
                    told.push(u8::from(which.tells_of(&occasion(kind, first))));
                }
            }
            told
        };
        assert_eq!(told(&alert(AlertType::All)), [1, 1, 1, 1, 1, 1, 0, 0]);
        assert_eq!(told(&alert(AlertType::FirstCall)), [0, 1, 0, 1, 0, 1, 0, 0]);
        assert_eq!(told(&alert(AlertType::MissedAndVoicemail)), [0, 0, 1, 1, 1, 1, 0, 0]);
        assert_eq!(told(&alert(AlertType::Voicemail)), [0, 0, 0, 0, 1, 1, 0, 0]);
        let texts = Alert { sms_enabled: true, send_email: true, ..Alert::default() };
        assert_eq!(told(&texts), [0, 0, 0, 0, 0, 0, 1, 1]);
        let agent: UserId = format!("USR{}", "1".repeat(32)).parse().unwrap();
        let answered = Alert { agent: Some(agent.clone()), ..alert(AlertType::All) };
        assert!(!answered.tells_of(&occasion(Answered, false)));
        assert!(answered.tells_of(&Occasion { agent: Some(agent), ..occasion(Answered, false) }));
    }

    /// G-08, L-05, P-01. Seen to fail: with each of the reasons left out, one after the other.
    #[test]
    fn g08_l05_p01_nobody_is_told_who_may_not_be() {
        let now = Timestamp::from_micros(1_000);
        let member = |change: fn(&mut Member)| {
            let mut standing = manager();
            change(standing.user.as_mut().unwrap());
            standing
        };
        let missed = occasion(LeadKind::Missed, false);
        let ways = |standing: &Standing| decide(Some(&missed), &alert(AlertType::All), standing, now);
        assert_eq!(ways(&manager()), Ways { email: Ok(()), push: Ok(()) });
        for (standing, why) in [
            (Standing { company_disabled: true, ..manager() }, Why::CompanyDisabled),
            (member(|user| user.status = UserStatus::Deleted), Why::Deleted),
            (member(|user| user.status = UserStatus::Suspended), Why::Suspended),
            (member(|user| user.ends_at = Some(Timestamp::from_micros(1_000))), Why::Ended),
            (member(|user| user.has_company = false), Why::NoCompany),
            (Standing { user: None, became_a_user: true, ..manager() }, Why::BecameAUser),
        ] {
            assert_eq!(ways(&standing), Ways::none(why));
            assert_eq!(decide(None, &alert(AlertType::All), &standing, now), Ways::none(why));
        }
        let other = decide(Some(&missed), &alert(AlertType::Voicemail), &manager(), now);
        assert_eq!(other, Ways::none(Why::Another));
        let agent = member(|user| user.user_type = UserType::Agent);
        assert_eq!(ways(&agent), Ways { email: Err(Why::NoEmails), push: Ok(()) });
        let refused = Standing { refused: true, has_device: false, ..manager() };
        assert_eq!(ways(&refused), Ways { email: Err(Why::Refused), push: Err(Why::NoDevice) });
        let silent = Alert { send_email: false, send_push: false, ..alert(AlertType::All) };
        assert_eq!(decide(Some(&missed), &silent, &manager(), now), Ways::none(Why::Off));
        let shown = Alert { send_desktop: true, ..silent };
        assert!(decide(Some(&missed), &shown, &manager(), now).push.is_ok());
        // All companies are an administrator's.
        let admin = member(|user| (user.user_type, user.has_company) = (UserType::Administrator, false));
        assert!(ways(&admin).is_told());
    }

    /// G-08. Seen to fail: with the ways of the second setting dropped, and with two people of one spelling kept apart.
    #[test]
    fn g08_two_settings_of_one_receiver_tell_once() {
        let by = |email, push| Ways { email, push };
        let other = Standing { email: "rob@example.com".to_owned(), ..manager() };
        let again = Standing { email: "MIA@example.com".to_owned(), ..manager() };
        let told = together(vec![
            (manager(), by(Err(Why::Off), Ok(())), 1),
            (other, Ways::none(Why::Another), 2),
            (again, by(Ok(()), Err(Why::NoDevice)), 3),
        ]);
        let told: Vec<_> = told.into_iter().map(|(_, ways, rest)| (ways, rest)).collect();
        assert_eq!(told, [(by(Ok(()), Ok(())), 1), (Ways::none(Why::Another), 2)]);
    }

    /// G-08. Seen to fail: with what came along with the first setting, though it tells nothing.
    #[test]
    fn g08_a_push_goes_to_the_login_of_the_setting_that_tells() {
        let by = |email, push| Ways { email, push };
        let (address, off) = (Standing { user: None, became_a_user: true, ..manager() }, Err(Why::Off));
        let first = || (address.clone(), Ways::none(Why::BecameAUser), "address");
        let told = together(vec![first(), (manager(), by(off, Ok(())), "user")]);
        assert_eq!((told.len(), told[0].2, told[0].0.user.is_some()), (1, "user", true));
        let told = together(vec![
            first(),
            (manager(), by(Ok(()), off), "mail"),
            (manager(), by(off, Ok(())), "push"),
        ]);
        assert_eq!((told[0].1, told[0].2), (by(Ok(()), Ok(())), "push"));
        let told = together(vec![(manager(), by(Ok(()), Ok(())), "user"), first()]);
        assert_eq!(told[0].2, "user");
    }
    /// G-08. Seen to fail: with the other reason of the two.
    #[test]
    fn g08_the_reason_is_that_of_the_setting_that_is_nearer_to_telling() {
        let by = |email, push| Ways { email: Err(email), push: Err(push) };
        let (by_mail, of_else) = (by(Why::Refused, Why::Off), Ways::none(Why::Another));
        for (one, other) in [(by_mail, of_else), (of_else, by_mail)] {
            assert_eq!(one.or(other), by_mail);
        }
        assert_eq!(by_mail.or(by(Why::Off, Why::NoDevice)), by(Why::Refused, Why::NoDevice));
    }
}
