//! Somebody's phone, whose app shows codes.

use app::Ask;
use app::pass::SelfPass;
use app::second_factor;
use app::session::{Entered, Started};
use app::work::{Reader, Writer};
use data_encoding::BASE32_NOPAD;
use totp_rs::Builder;

use crate::{PASSWORD, World, session_of};

/// The app of somebody.
pub struct Phone(
    /// What it was told.
    pub [u8; 20],
);

impl Phone {
    /// The code that it shows now.
    pub fn code(&self, world: &World) -> String {
        self.code_in(world, 0)
    }

    /// The code that it shows so many half minutes from now, or ago.
    pub fn code_in(&self, world: &World, steps: i64) -> String {
        let seconds = world.app.store.now().micros() / 1_000_000 + steps * 30;
        let app = Builder::new().with_secret(self.0).build().expect("twenty bytes are enough");
        app.generate(seconds.unsigned_abs()).to_string()
    }
}

impl World {
    /// Shows somebody what their app is to be told, and tells it.
    pub async fn show_app(&self, ask: &Ask) -> Phone {
        let show = |w: Writer, pass: &SelfPass| second_factor::begin(w, pass);
        self.app.write::<SelfPass, ()>(ask, (), show).await.expect("an app is shown");
        let look = |r: &mut Reader, pass: &SelfPass| second_factor::state(r, pass, "Rollcall");
        let (_, state) = self.app.read::<SelfPass, _>(ask, (), look).await.expect("they may look");
        let secret = state.shown.expect("one is shown").secret.replace(' ', "");
        let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("letters of the alphabet");
        Phone(secret.try_into().expect("twenty bytes"))
    }

    /// Turns somebody's second factor on, by the code that their phone shows now: their session is another one from then on; their recovery codes.
    pub async fn turn_second_factor_on(&self, ask: &mut Ask) -> (Phone, Vec<String>) {
        let phone = self.show_app(ask).await;
        let turned_on = self.app.turn_on_second_factor(ask, PASSWORD, &phone.code(self)).await;
        let (codes, started) = turned_on.expect("the code fits");
        ask.credentials.session = Some(session_of(started).token);
        (phone, codes)
    }

    /// What a visitor asks with who has typed address and password of somebody with a second factor.
    pub async fn ticket(&self, visitor: &Ask, address: &str) -> Ask {
        let entered = self.app.sign_in(visitor, address, PASSWORD).await.expect("the password fits");
        let Entered::Started(Started::CodeNeeded(ticket)) = entered else { panic!("no code is asked for") };
        let mut ask = visitor.clone();
        ask.credentials.second_factor = Some(ticket);
        ask
    }
}
