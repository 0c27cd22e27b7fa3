//! Accounts with a brand of their own.

use app::Ask;
use app::brand::{self, LogoChange};
use app::pass::{AccountPass, OwnHost, Reason, SystemPass};
use app::work::{Origin, Reader, Writer};
use domain::brand::preview::Preview;
use domain::brand::{Brand, HostName, TypedBrand};
use domain::capability::proof::ManageWhiteLabel;

use crate::World;
use crate::people::Account;

type Branding = AccountPass<ManageWhiteLabel>;

/// A brand of this name, with all that it needs.
pub fn brand_of(name: &str) -> Brand {
    let typed = TypedBrand { name, support: "help@example.net", accent: "#0b5c4d", ..TypedBrand::default() };
    typed.parse().expect("a brand")
}

impl Account {
    /// The settings of the account's brand.
    pub async fn brand(&self) -> brand::Settings {
        let read = |r: &mut Reader, pass: &Branding| brand::settings(r, pass);
        self.app.read(&self.admin.ask, self.id.clone(), read).await.expect("an administrator").1
    }

    /// Types a brand of this name.
    pub async fn draft_brand(&self, name: &str) {
        let (brand, seen) = (brand_of(name), self.brand().await.version());
        let change =
            move |w: Writer, pass: &Branding| brand::change(w, pass, &brand, &LogoChange::Keep, seen);
        self.app.write(&self.admin.ask, self.id.clone(), change).await.expect("it is typed");
    }

    /// Looks at all of the draft.
    pub async fn see_brand(&self) {
        let version = self.brand().await.version();
        let see = move |w: Writer, pass: &Branding| brand::see(w, pass, &Preview::all(), version);
        self.app.write(&self.admin.ask, self.id.clone(), see).await.expect("it is there");
    }

    /// Switches on what was looked at.
    pub async fn switch_brand_on(&self) {
        let version = self.brand().await.version();
        let on = move |w: Writer, pass: &Branding| brand::switch_on(w, pass, version);
        self.app.write(&self.admin.ask, self.id.clone(), on).await.expect("nothing is missing");
    }

    /// Gives the account a host, as the operator does.
    pub async fn give_host(&self, host: &str) {
        let (account, host) = (self.id.clone(), HostName::parse(host).expect("a host name"));
        let give = move |mut w: Writer| {
            let system = SystemPass::new(Reason::CommandLine);
            let pass = Branding::for_operator(&mut w, &system, &account)?;
            brand::give_host(w, &pass, &host, None)
        };
        self.app.store.write(Origin::internal(), give).await.expect("nobody else has it");
    }

    /// Shows a brand of this name, on a host of its own.
    pub async fn show_brand(&self, name: &str, host: Option<&str>) {
        self.draft_brand(name).await;
        self.see_brand().await;
        self.switch_brand_on().await;
        if let Some(host) = host {
            self.give_host(host).await;
        }
    }

    /// The same request on the account's own host.
    pub fn at_host(&self, ask: &Ask, host: &str) -> Ask {
        let mut ask = ask.clone();
        ask.credentials.at = Some(OwnHost { account: self.id.clone(), host: host.to_owned() });
        ask
    }
}

impl World {
    /// Somebody who followed a link below an account's own host.
    pub fn follow_at(&self, account: &Account, host: &str, link: &str) -> Ask {
        let path = link.split_once(host).expect("a link of the host").1;
        account.at_host(&self.follow(&format!("{}{path}", self.app.settings.base_url)), host)
    }

    /// Serves under an address that names nobody.
    pub fn serve_plainly(&mut self) {
        self.restart(|app| {
            app.settings.base_url = "https://calls.hosted.test".to_owned();
            app.settings.mail_from.email = "post@hosted.test".to_owned();
        });
    }
}
