//! Devices that are told by push.

use app::Ask;
use app::pass::SelfPass;
use app::push;
use app::work::{Reader, Writer};
use domain::id::PushDeviceId;

use crate::World;

/// The keys of a browser, as it says them: `p256dh`, `auth`.
pub const BROWSER_KEYS: [&str; 2] = [
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
];

impl World {
    /// Turns push on for whoever asks, on a browser that is reached at `https://push.example/` and this path.
    pub async fn turn_push_on(&self, ask: &Ask, path: &str) -> PushDeviceId {
        let [public, secret] = BROWSER_KEYS;
        let endpoint = format!("https://push.example/{path}");
        let browser = self.app.read_browser(ask, &endpoint, public, secret).expect("a browser");
        let on = move |w: Writer, pass: &SelfPass| push::turn_on(w, pass, &browser);
        self.app.write(ask, (), on).await.expect("push is turned on");
        let list = |r: &mut Reader, pass: &SelfPass| push::list(r, pass);
        let (pass, devices) = self.app.read(ask, (), list).await.expect("signed in");
        devices.into_iter().find(|device| device.session == *pass.session()).expect("it is there").id
    }
}
