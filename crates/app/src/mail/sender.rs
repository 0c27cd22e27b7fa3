//! Who a mail comes from, and what of them it shows.

use domain::brand::{Accent, Look};

use super::compose::{Address, plain};

/// The colours of mails that show no brand.
const BUTTON: &str = "#1d4ed8";
const DARK_LINK: &str = "#93b4ff";

/// Who a mail comes from: the product, an account with its own brand, or nobody by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address in the mail's head.
    pub address: Address,
    /// What the mail shows.
    pub look: Look,
    /// Where pictures are fetched from: scheme and host.
    pub base: String,
}

impl From<Address> for Sender {
    /// The product, or whatever the operator calls it.
    fn from(address: Address) -> Sender {
        let look = Look::of_product(&address.name, &address.name);
        Sender { address, look, base: String::new() }
    }
}

impl Sender {
    /// The same, for a page of the server: its pictures are fetched from there.
    pub(crate) fn at_home(self) -> Sender {
        Sender { base: String::new(), ..self }
    }

    /// The name above the mail's card; empty: none.
    pub fn name(&self) -> String {
        plain::name(&self.look.name)
    }

    /// The address of the logo.
    pub fn logo(&self) -> Option<String> {
        self.look.logo.as_ref().map(|path| format!("{}{path}", self.base))
    }

    /// The colour of button and links.
    pub fn accent(&self) -> String {
        self.look.accent.map_or_else(|| BUTTON.to_owned(), |accent| accent.light().text.to_string())
    }

    /// The colour of links on a dark ground.
    pub fn accent_dark(&self) -> String {
        self.look.accent.map_or_else(|| DARK_LINK.to_owned(), |accent: Accent| accent.dark().text.to_string())
    }

    /// Where people turn for help, and the pages with the terms and about privacy: what stands below every mail of a brand.
    pub fn has_foot(&self) -> bool {
        let look = &self.look;
        look.support.is_some() || look.terms.is_some() || look.privacy.is_some()
    }
}
