//! A customer's directory.

use app::directory;
use app::pass::{AccountPass, DirectoryPass, Proven};
use app::work::Writer;
use app::{Ask, directory::group};
use domain::capability::proof::ManageUsers;
use domain::id::DirectoryGroupId;
use domain::scim::GroupSaid;

use crate::{Account, World};

impl World {
    /// Gives an account a directory that has told of a group; what the directory asks with, and the group.
    pub async fn directory(&self, account: &Account) -> (Ask, DirectoryGroupId) {
        let on = |w: Writer, pass: &Proven<AccountPass<ManageUsers>>| directory::turn_on(w, pass, "Okta");
        let token =
            self.app.write(&account.admin.ask, account.id.clone(), on).await.expect("it is switched on").1;
        let mut ask = self.visitor();
        ask.credentials.directory = Some(token);
        let said = GroupSaid { name: Some("Staff".to_owned()), ..GroupSaid::default() };
        let tell = move |w: Writer, pass: &DirectoryPass| group::create(w, pass, &said);
        let group = self.app.write(&ask, (), tell).await.expect("it is kept").1;
        (ask, group)
    }
}
