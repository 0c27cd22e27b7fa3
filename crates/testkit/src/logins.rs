//! People with two logins who make one of them.

use app::login_merge::{list_made, preview, preview_undo};
use app::pass::SelfPass;
use app::work::Reader;
use app::{Ask, Refused};
use domain::id::LoginMergeId;
use domain::login_merge::Keep;

use crate::PASSWORD;
use crate::people::{Person, email};
use crate::world::World;

impl World {
    /// Lets somebody show again that it is them, as what is dangerous asks for after a while: their session has another token from
    /// then on.
    pub async fn prove_again(&self, ask: &mut Ask) {
        let token = self.app.prove_again(ask, PASSWORD, "").await.expect("the password fits");
        ask.credentials.session = app::session::on_host(&token, ask.credentials.host());
    }

    /// Shows by its password, [`PASSWORD`], that the login of an address is one's own too.
    pub async fn prove_login(&self, ask: &Ask, address: &str) -> Result<(), Refused> {
        self.app.prove_login(ask, &email(address), PASSWORD).await
    }

    /// What the page shows that asks whether to merge.
    pub async fn seen_merge(&self, ask: &Ask, keep: Keep) -> Result<String, Refused> {
        let seen = move |r: &mut Reader, pass: &SelfPass| Ok(preview(r, pass, keep)?.seen());
        self.app.read(ask, (), seen).await.map(|(_, seen)| seen)
    }

    /// Merges the login that is proven, by [`PASSWORD`]; who is signed in then.
    pub async fn merge(&self, ask: &Ask, keep: Keep) -> Result<Person, Refused> {
        let seen = self.seen_merge(ask, keep).await?;
        let session = self.app.merge_logins(ask, keep, PASSWORD, seen).await?;
        Ok(Person::signed_in("", session))
    }

    /// The newest merge of one's own that can be undone.
    pub async fn merge_made(&self, ask: &Ask) -> Option<LoginMergeId> {
        let list = |r: &mut Reader, pass: &SelfPass| list_made(r, pass);
        let (_, made) = self.app.read(ask, (), list).await.expect("somebody who is signed in");
        made.into_iter().next().map(|made| made.id)
    }

    /// What the page shows that asks whether to undo a merge.
    pub async fn seen_undo(&self, ask: &Ask, id: &LoginMergeId) -> Result<String, Refused> {
        let id = id.clone();
        let seen = move |r: &mut Reader, pass: &SelfPass| Ok(preview_undo(r, pass, &id)?.seen());
        self.app.read(ask, (), seen).await.map(|(_, seen)| seen)
    }

    /// Undoes a merge, by [`PASSWORD`]; who is signed in then.
    pub async fn undo_merge(&self, ask: &Ask, id: &LoginMergeId) -> Result<Person, Refused> {
        let seen = self.seen_undo(ask, id).await?;
        let session = self.app.undo_login_merge(ask, id.clone(), PASSWORD, seen).await?;
        Ok(Person::signed_in("", session))
    }
}
