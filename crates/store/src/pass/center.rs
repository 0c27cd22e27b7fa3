//! Passes of account centers: for who stands to one as its pages want (C-03 to C-12).

use std::marker::PhantomData;

use domain::account_center::proof::{InCenter, RunsCenter};
use domain::account_center::{Facts, Standing, Wants, decide, standing};
use domain::capability::Proves;
use domain::id::{AccountCenterId, AccountId};

use super::load::{no_second_factor, read_due, read_person, read_session};
use super::person::Person;
use super::place::AccountPass;
use super::see_as::no_session;
use super::{Acting, Credentials, Denied, Door, Gate, Helper, Seen};
use crate::db::{DbError, sql};
use crate::second_factor::has_second_factor;
use crate::secret;
use crate::work::{Actor, Reader};

/// Proof that a person stands to an account center as `C` wants.
#[derive(Clone, Debug)]
pub struct CenterPass<C> {
    center: AccountCenterId,
    name: String,
    standing: Standing,
    person: Person,
    proof: PhantomData<fn() -> C>,
}

impl<C> CenterPass<C> {
    /// The center.
    pub fn center(&self) -> &AccountCenterId {
        &self.center
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the person stands to it.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Who.
    pub fn person(&self) -> &Person {
        &self.person
    }
}

impl CenterPass<RunsCenter> {
    /// The rights that an executive administrator has in an account of the center; not found where it is in none or
    /// another.
    pub fn enter<C>(&self, r: &mut Reader, account: &AccountId) -> Result<AccountPass<C>, Denied> {
        AccountPass::for_executive(r, &self.center, &self.person, account)
    }
}

impl CenterPass<InCenter> {
    /// The rights that the person has in an account of the center, by themselves or as executive administrator; not found
    /// where it is in none or another, or none of theirs.
    pub fn visit<C: Proves>(&self, r: &mut Reader, account: &AccountId) -> Result<AccountPass<C>, Denied> {
        AccountPass::for_person(r, &self.center, &self.person, account)
    }
}

impl<C> Acting for CenterPass<C> {
    fn actor(&self) -> Actor {
        Actor::login(&self.person.login, &self.person.name())
    }
}

impl<C: Wants> Gate for CenterPass<C> {
    type Target = AccountCenterId;
    const DOOR: Door = Door::Center(C::LEAST);

    fn mint(r: &mut Reader, credentials: &Credentials, center: &AccountCenterId) -> Result<Self, Denied> {
        let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
        // A center has several accounts, and none is seen on the host of one.
        if credentials.at.is_some() {
            return Err(Denied::NotFound);
        }
        let now = r.now;
        // Whoever comes to a center came by their password: it opens no account of it that requires single sign-on.
        let row = r.tx().optional(
            sql!(concat!(
                "SELECT l.id, l.email, l.first_name, l.last_name, l.language, s.id, s.seen_at, k.name,
                        k.second_factor_from, CASE WHEN ",
                has_second_factor!("l.id"),
                " THEN 0 ELSE 1 END,
                        CASE WHEN x.login_id IS NULL THEN 0 ELSE 1 END,
                        CASE WHEN EXISTS (
                            SELECT 1 FROM \"user\" u JOIN account a ON a.id = u.account_id
                            WHERE u.login_id = l.id AND u.user_type = 'administrator' AND u.status = 'active'
                              AND (u.ends_at IS NULL OR u.ends_at > $3) AND a.center_id = $2
                              AND (a.single_sign_on_required = 0 OR u.keeps_password = 1)
                        ) THEN 1 ELSE 0 END,
                        CASE WHEN EXISTS (
                            SELECT 1 FROM account a
                            WHERE a.center_id = $2 AND NOT EXISTS (
                                SELECT 1 FROM \"user\" u
                                WHERE u.account_id = a.id AND u.login_id = l.id
                                  AND u.user_type = 'administrator' AND u.status = 'active'
                                  AND u.ends_at IS NULL
                                  AND (a.single_sign_on_required = 0 OR u.keeps_password = 1))
                        ) THEN 0 ELSE 1 END
                 FROM session s JOIN login l ON l.id = s.login_id
                 LEFT JOIN account_center k ON k.id = $2
                 LEFT JOIN executive_administrator x ON x.center_id = k.id AND x.login_id = l.id
                 WHERE s.token_hash = $1 AND s.expires_at > $3"
            )),
            &[secret::hash(token).into(), center.into(), now.into()],
        )?;
        let Some(row) = row else { return Err(no_session(r, token)?) };
        let mut c = row.columns();
        let person = read_person(&mut c, read_session)?;
        let name = c.text_or_null()?.ok_or(Denied::NotFound)?;
        let due = read_due(r, &mut c)?;
        let facts = Facts { executive: c.flag()?, somewhere: c.flag()?, everywhere: c.flag()? };
        // One that is not there and one that is none of theirs look alike.
        let standing = standing(facts).ok_or(Denied::NotFound)?;
        if due.is_some_and(|from| from <= now) {
            return Err(no_second_factor());
        }
        if let Err(refusal) = decide(standing, C::LEAST) {
            return Err(Denied::Forbidden { refusal, ask: executives(r, center)? });
        }
        Ok(CenterPass { center: center.clone(), name, standing, person, proof: PhantomData })
    }

    fn person(&self) -> Option<&Person> {
        Some(&self.person)
    }

    fn seen(&self) -> Option<Seen> {
        Some(Seen { person: self.person.clone(), account: None, user: None, used: None })
    }
}

/// Names of executive administrators, who can do what others can't.
fn executives(r: &mut Reader, center: &AccountCenterId) -> Result<Vec<Helper>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT l.first_name, l.last_name FROM executive_administrator x JOIN login l ON l.id = x.login_id
             WHERE x.center_id = $1 ORDER BY x.login_id LIMIT 3"
        ),
        &[center.into()],
    )?;
    rows.into_iter().map(|row| Helper::named(&mut row.columns())).collect()
}
