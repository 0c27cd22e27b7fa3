// Turns push on for this browser when somebody asks for it, and off again. All else is done by the forms.

const WORKER = "/static/push-worker.js";
const on = document.querySelector("form[data-push]");
const off = document.querySelector("form[data-push-off]");
const isAble = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

// Tells what stands in the way, or nothing.
function tell(what) {
  for (const note of document.querySelectorAll("[data-push-note]")) note.hidden = note.dataset.pushNote !== what;
  if (what) on.hidden = what !== "failed";
}

// No page lies below the worker's folder, so none is ever in its hands; a page has to wait for it by itself.
async function ready() {
  const registration = await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active) {
    await new Promise((resolve) => worker.addEventListener("statechange", () => worker.state === "activated" && resolve()));
  }
  return registration;
}

async function subscribe(key) {
  const { pushManager } = await ready();
  // What was there before may belong to whoever was signed in here before.
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function turnOn() {
  if (await Notification.requestPermission() !== "granted") { tell("blocked"); return; }
  let browser;
  try { browser = (await subscribe(on.dataset.push)).toJSON(); } catch { tell("failed"); return; }
  on.elements.endpoint.value = browser.endpoint;
  on.elements.p256dh.value = browser.keys.p256dh;
  on.elements.auth.value = browser.keys.auth;
  on.submit();
}

async function turnOff() {
  try {
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  } catch { /* the server forgets it in any case */ }
  off.submit();
}

if (on && isAble) {
  on.hidden = false;
  tell(Notification.permission === "denied" ? "blocked" : "");
  on.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = on.querySelector("button");
    button.disabled = true;
    await turnOn();
    button.disabled = false;
  });
}
if (off && isAble) off.addEventListener("submit", (event) => { event.preventDefault(); turnOff(); });
