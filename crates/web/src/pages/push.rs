//! Push on one's own devices: on, off, and whether it comes (G-08, L-05).

use app::pass::SelfPass;
use app::push::{self, DeviceRecord};
use app::words;
use domain::id::PushDeviceId;
use serde::Deserialize;

use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::push::{Device, Devices};

/// What the browser says of itself, as the page's script fills it in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Browser {
    endpoint: String,
    p256dh: String,
    auth: String,
}

/// The devices that push is on for, this one first.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, mut devices) = visit.read(push::list).await?;
    let own = pass.session();
    devices.sort_by_key(|device| device.session != *own);
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    let row = |device: DeviceRecord| Device {
        handheld: shown::is_handheld(&device.device),
        this: device.session == *own,
        id: device.id.to_string(),
        device: words::device(t, &device.device),
        since: shown::when(device.created_at, &moments),
        told: device.told_at.map(|at| shown::when(at, &moments)),
        fault: device.fault,
    };
    visit.page(Devices {
        t,
        frame: visit.person_frame(pass.person()),
        key: visit.app.push_key(),
        rows: devices.into_iter().map(row).collect(),
    })
}

/// Turns push on for the browser that asks.
pub async fn turn_on(visit: Visit<SelfPass>, browser: Browser) -> Answer {
    let Browser { endpoint, p256dh, auth } = browser;
    visit.pass().await?;
    let browser = visit.app.read_browser(&visit.ask, &endpoint, &p256dh, &auth)?;
    visit.write(move |w, pass| push::turn_on(w, pass, &browser)).await?;
    visit.go_and_tell("/me/push", Toast::PushOn)
}

/// Turns it off for one of one's devices.
pub async fn turn_off(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: PushDeviceId = visit.param("push_device")?;
    visit.write(move |w, pass| push::turn_off(w, pass, &id)).await?;
    visit.go_and_tell("/me/push", Toast::PushOff)
}

/// Sends a test to one of one's devices.
pub async fn send_test(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: PushDeviceId = visit.param("push_device")?;
    visit.write(move |w, pass| push::send_test(w, pass, &id)).await?;
    visit.go_and_tell("/me/push", Toast::PushTested)
}
