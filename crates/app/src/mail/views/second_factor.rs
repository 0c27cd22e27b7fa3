//! The mail of what was done to somebody's second factor, or to a passkey of theirs.

use askama::Template;
use text::Text;

use super::{Sender, View};
use crate::second_factor::Told;

/// Tells somebody what was done to their second factor. It has no link, as above.
#[derive(Clone, Debug)]
pub struct SecondFactorMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose it is.
    pub to_name: String,
    /// What was done.
    pub told: Told,
    /// When, as pages show it.
    pub when: String,
    /// From which device, as pages show it.
    pub device: String,
}

impl SecondFactorMail {
    fn title(&self, t: Text) -> &'static str {
        match self.told {
            Told::On => t.mail_second_factor_on_title(),
            Told::Off | Told::ByOperator => t.mail_second_factor_off_title(),
            Told::NewCodes => t.mail_second_factor_codes_title(),
            Told::CodeUsed => t.mail_second_factor_used_title(),
            Told::PasskeyAdded => t.mail_passkey_added_title(),
            Told::PasskeyRemoved => t.mail_passkey_removed_title(),
            Told::PasskeyCopied => t.mail_passkey_copied_title(),
            Told::ProviderLinked => t.mail_provider_linked_title(),
            Told::ProviderUnlinked => t.mail_provider_unlinked_title(),
        }
    }

    fn lead(&self, t: Text) -> &'static str {
        match self.told {
            Told::On => t.mail_second_factor_on(),
            Told::Off => t.mail_second_factor_off(),
            Told::ByOperator => t.mail_second_factor_by_operator(),
            Told::NewCodes => t.mail_second_factor_codes(),
            Told::CodeUsed => t.mail_second_factor_used(),
            Told::PasskeyAdded => t.mail_passkey_added(),
            Told::PasskeyRemoved => t.mail_passkey_removed(),
            Told::PasskeyCopied => t.mail_passkey_copied(),
            Told::ProviderLinked => t.mail_provider_linked(),
            Told::ProviderUnlinked => t.mail_provider_unlinked(),
        }
    }
}

impl View for SecondFactorMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> SecondFactorMail {
        SecondFactorMail {
            t: self.t,
            to_name: name(&self.to_name),
            told: self.told,
            when: name(&self.when),
            device: name(&self.device),
        }
    }

    templates!(
        SecondFactorMail,
        "second_factor/subject.txt",
        "second_factor/body.txt",
        "second_factor/body.html"
    );
}
