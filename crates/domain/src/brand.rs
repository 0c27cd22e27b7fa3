//! White label: what an account shows in place of the product (G-10).
//!
//! A brand is edited as a draft and counted by its version. It is switched on as exactly the draft that was looked at, page
//! by page and mail by mail, and stays so until the next one is.

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::AccountId;
use crate::input::{Checker, FieldError, Problem};
use crate::name;

pub mod accent;
pub mod host;
pub mod preview;

pub use accent::Accent;
pub use host::HostName;

/// The longest link to terms or privacy.
const MAX_LINK: usize = 300;

/// What an account shows of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// The name in the place of the product's.
    pub name: String,
    /// The name that mails come from.
    pub sender: String,
    /// Where people turn for help; an address.
    pub support: Option<String>,
    /// The colour of buttons and links.
    pub accent: Accent,
    /// The page with the terms.
    pub terms: Option<String>,
    /// The page about privacy.
    pub privacy: Option<String>,
    /// The logo, by the hash of its bytes.
    pub logo: Option<String>,
}

/// The brand as typed; the logo comes by a form of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedBrand<'a> {
    /// `name`
    pub name: &'a str,
    /// `sender`; empty: the name.
    pub sender: &'a str,
    /// `support`; empty: none yet.
    pub support: &'a str,
    /// `accent`: `#3a40c4`
    pub accent: &'a str,
    /// `terms`; empty: none.
    pub terms: &'a str,
    /// `privacy`; empty: none.
    pub privacy: &'a str,
}

impl TypedBrand<'_> {
    /// Reads it; every field's error at once.
    pub fn parse(&self) -> Result<Brand, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(self.name).and_then(sends_as));
        let sender = check.take("sender", name::optional(self.sender).and_then(sends_as));
        let support = check.take("support", optional(self.support, address));
        let accent = check.take("accent", Accent::parse(self.accent));
        let terms = check.take("terms", optional(self.terms, link));
        let privacy = check.take("privacy", optional(self.privacy, link));
        check.finish((|| {
            let (name, sender) = (name?, sender?);
            Some(Brand {
                sender: if sender.is_empty() { name.clone() } else { sender },
                name,
                support: support?,
                accent: accent?,
                terms: terms?,
                privacy: privacy?,
                logo: None,
            })
        })())
    }
}

/// What stands before the sender's address in mails, where many programs show it alone.
fn sends_as(name: String) -> Result<String, Problem> {
    if name.contains(['@', '<', '>']) { Err(Problem::LikeAnAddress) } else { Ok(name) }
}

fn optional(typed: &str, parse: fn(&str) -> Result<String, Problem>) -> Result<Option<String>, Problem> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed.trim()).map(Some) }
}

fn address(typed: &str) -> Result<String, Problem> {
    EmailAddress::parse(typed).map(|address| address.to_string())
}

/// One plain `https` address that means the same in an attribute and as text.
fn link(typed: &str) -> Result<String, Problem> {
    if typed.len() > MAX_LINK {
        return Err(Problem::TooLong { max: MAX_LINK });
    }
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b);
    let host = typed
        .strip_prefix("https://")
        .map(|rest| &rest[..rest.find('/').unwrap_or(rest.len())])
        .unwrap_or_default();
    // A host is read with blanks around it, which would be kept here.
    if HostName::parse(host).is_ok() && typed.bytes().all(plain) {
        Ok(typed.to_owned())
    } else {
        Err(Problem::NotALink)
    }
}

/// What a page or mail may show of whoever it comes from. There is one for the product, one for each brand, and one that
/// names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The name; empty: nobody's.
    pub name: String,
    /// The name that mails come from.
    pub sender: String,
    /// The path of the logo, if there is one.
    pub logo: Option<String>,
    /// The colour, where it is not the product's.
    pub accent: Option<Accent>,
    /// Where people turn for help.
    pub support: Option<String>,
    /// The page with the terms.
    pub terms: Option<String>,
    /// The page about privacy.
    pub privacy: Option<String>,
    /// Whether it is the product's own.
    pub is_product: bool,
}

impl Look {
    /// Where a click on the address for help leads. What an address may hold and a link would read as more than one is written
    /// otherwise.
    pub fn support_link(&self) -> String {
        let plain = |c: char| match c {
            '?' | '&' | '#' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        };
        let address: String = self.support.iter().flat_map(|support| support.chars()).map(plain).collect();
        format!("mailto:{address}")
    }

    /// The product's own, by its name and the name that its mails come from.
    pub fn of_product(name: &str, sender: &str) -> Look {
        Look { name: name.to_owned(), sender: sender.to_owned(), is_product: true, ..Look::default() }
    }

    /// Nobody's: for what concerns people of several brands, and for what goes wrong before it is known whose it is.
    pub fn of_nobody() -> Look {
        Look::default()
    }

    /// An account's.
    pub fn of(account: &AccountId, brand: &Brand) -> Look {
        Look {
            name: brand.name.clone(),
            sender: brand.sender.clone(),
            logo: brand.logo.as_ref().map(|hash| logo_path(account, hash)),
            accent: Some(brand.accent),
            support: brand.support.clone(),
            terms: brand.terms.clone(),
            privacy: brand.privacy.clone(),
            is_product: false,
        }
    }
}

/// Where a logo is served.
pub fn logo_path(account: &AccountId, hash: &str) -> String {
    format!("/logos/{account}/{hash}")
}

/// Who a mail to a login speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// The product.
    Product,
    /// Nobody: who is in several accounts, one of which has a brand, learns in no mail of the others (C-09).
    Nobody,
    /// The one account that the login is in.
    Brand,
}

/// Who a mail to a login speaks for, that is in so many accounts, so many of which show a brand of their own; who runs a
/// center is in all of its accounts.
pub fn voice(accounts: i64, branded: i64) -> Voice {
    match (accounts, branded) {
        (_, 0) => Voice::Product,
        (1, 1) => Voice::Brand,
        _ => Voice::Nobody,
    }
}

/// What is missing before a brand can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing was typed yet.
    Name,
    /// People could ask nobody for help.
    Support,
    /// So many pages and mails were not looked at as they are now.
    Previews(usize),
}

/// What is missing of a draft; `None`: of one that nobody has begun. `unseen`: how much of it nobody has looked at.
pub fn missing(draft: Option<&Brand>, unseen: usize) -> Vec<Missing> {
    let Some(draft) = draft else {
        return vec![Missing::Name, Missing::Support, Missing::Previews(unseen)];
    };
    let support = draft.support.is_none().then_some(Missing::Support);
    support.into_iter().chain((unseen > 0).then_some(Missing::Previews(unseen))).collect()
}

#[cfg(test)]
mod tests;
