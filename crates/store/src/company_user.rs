//! A company's users, for its own page (U-14). Lists of them are those of `user`, filtered by the company.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};

use crate::convert;
use crate::db::{DbError, sql};
use crate::pass::AccountPass;
use crate::user::User;
use crate::work::Reader;

/// Those of these users who were given the company.
pub fn list_given(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    company: &CompanyId,
    users: &[User],
) -> Result<BTreeSet<UserId>, DbError> {
    let ids = convert::list(users.iter().map(|user| &user.id));
    let rows = r.tx().all(
        sql!(
            "SELECT user_id FROM user_company WHERE account_id = $1 AND company_id = $2 AND user_id {in $3}"
        ),
        &[pass.account().into(), company.into(), ids],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}
