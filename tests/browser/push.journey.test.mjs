// Push: turned on for a device, tried, shown by the service worker, turned off, and gone with the session. No real push
// service is reached from here: what Chromium says when it is to be told is put in its place (an endpoint on this machine,
// with real keys), and what comes there is opened and handed to the real service worker. All else is as people have it.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { openPage } from './browser.mjs';
import * as j from './journey.mjs';
import { startPushService, subscription } from './push-service.mjs';

const service = await startPushService();
const house = j.furnish({ env: service.env, chromium: 'whole' });
after(() => service.stop());

/** In the page: `subscribe` says what the test has, and getting it before says nothing. */
const instead = (said) => {
  globalThis.PushManager.prototype.getSubscription = async () => null;
  globalThis.PushManager.prototype.subscribe = async (options) => {
    sessionStorage.setItem('asked', JSON.stringify(options));
    return { toJSON: () => said };
  };
};

/** Somebody signs in, in a browser that may show notifications or has not been asked. */
async function signIn(walk, options = {}) {
  const page = await walk.stranger(options);
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': j.owner.email, Password: j.password });
  await j.press(page, 'Sign in');
  await j.on(page, `Hello ${j.owner.first}`);
  await page.goto('/me/push');
  return page;
}

const shown = (worker) => worker.evaluate(async () => (await registration.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data })));

j.journey('G-08 L-05 push is turned on, tried, shown, and turned off', house, async (walk, way) => {
  if (!way.javascript) {
    const page = await signIn(walk);
    await j.sees(page, 'Push is on for none of your devices.');
    await j.sees(page, /your browser needs JavaScript/);
    assert.equal(await page.getByRole('button', { name: 'Turn on push on this device' }).count(), 0);
    await walk.look(page, 'push-none');
    return;
  }
  const path = `/secret-${walk.time}`;
  const { said, open } = subscription(`${service.url}${path}`);
  const page = await signIn(walk);
  await page.context().addInitScript(instead, said);
  await page.reload();
  await j.sees(page, 'Push is on for none of your devices.');
  // Nobody is asked before they press the button.
  assert.equal(await page.evaluate(() => Notification.permission), 'default');
  await walk.look(page, 'push-none');
  await page.context().grantPermissions(['notifications']);
  const starts = page.context().waitForEvent('serviceworker');
  await j.press(page, 'Turn on push on this device');
  await j.sees(page, 'Push is on for this device.');
  const worker = await starts;
  const asked = JSON.parse(await page.evaluate(() => sessionStorage.getItem('asked')));
  assert.equal(asked.userVisibleOnly, true);
  assert.equal(Buffer.from(asked.applicationServerKey, 'base64url').length, 65);
  assert.equal(worker.url(), `${house.url}/static/push-worker.js`);
  // It has no page in its hands, and keeps nothing.
  assert.equal(await worker.evaluate(() => registration.scope), `${house.url}/static/`);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
  assert.deepEqual(await worker.evaluate(() => caches.keys()), []);

  await j.press(page, 'Send a test to .*');
  await j.sees(page, 'A test is on its way.');
  const message = await service.next(path);
  assert.match(message.headers.authorization, new RegExp(`^vapid t=.+, k=${asked.applicationServerKey}$`));
  const payload = open(message.body);
  const told = JSON.parse(payload);
  assert.deepEqual([told.title, told.body, told.path], ['Test', 'Push works on this device.', '/me/push']);

  const devtools = await page.context().newCDPSession(page);
  const registered = new Promise((resolve) =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId)),
  );
  await devtools.send('ServiceWorker.enable');
  const push = { origin: house.url, registrationId: await registered, data: payload };
  await devtools.send('ServiceWorker.deliverPushMessage', push);
  await devtools.send('ServiceWorker.deliverPushMessage', push);
  let found = [];
  for (let tries = 0; tries < 50 && found.length === 0; tries += 1) {
    await page.waitForTimeout(100);
    found = await shown(worker);
  }
  // What comes twice is shown once.
  assert.deepEqual(found, [{ title: 'Test', body: 'Push works on this device.', tag: told.tag, data: { path: '/me/push' } }]);
  // A click by hand opens a window; one by a script may not, so it is noted where it would lead.
  const opened = await worker.evaluate(async () => {
    const [notification] = await registration.getNotifications();
    const open = new Promise((resolve) => { clients.openWindow = resolve; });
    clients.matchAll = async () => [];
    dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    return [await open, (await registration.getNotifications()).length];
  });
  assert.deepEqual(opened, [`${house.url}/me/push`, 0]);

  await page.reload();
  await j.sees(page, /Last push sent/);
  await walk.look(page, 'push-on');
  assert.ok(!(await page.content()).includes(path), 'the page says where a browser is reached');

  const phone = await openPage(house.chromium, house.url, { ...way, width: 320 });
  walk.opened.push(phone);
  await phone.context().addCookies(house.session);
  await phone.goto('/me/push');
  await j.sees(phone, 'Turn on push on this device');
  await walk.look(phone, 'push-elsewhere');
  await j.press(phone, 'Turn off push on .*');
  await j.sees(phone, 'Push is off for that device.');
  await j.sees(phone, 'Push is on for none of your devices.');

  // The service knows the browser no more: it is forgotten.
  await page.reload();
  await j.press(page, 'Turn on push on this device');
  await j.sees(page, 'Push is on for this device.');
  service.answers.set(path, 410);
  await j.press(page, 'Send a test to .*');
  await service.next(path);
  await page.waitForTimeout(1000);
  await page.reload();
  await j.sees(page, 'Push is on for none of your devices.');

  // And it ends with the session.
  service.answers.delete(path);
  await j.press(page, 'Turn on push on this device');
  await j.sees(page, 'Push is on for this device.');
  await phone.reload();
  await j.sees(phone, 'Send a test');
  await j.openMyAccount(page).then((panel) => panel.getByRole('button', { name: 'Sign out' }).click());
  await j.on(page, 'Sign in');
  await phone.reload();
  await j.sees(phone, 'Push is on for none of your devices.');
  assert.ok(!house.rollcall.output().includes(path), 'the log says where a browser is reached');
});

j.journey('G-08 a browser that shows no notifications says how they are allowed', house, async (walk, way) => {
  if (!way.javascript) return;
  const page = await signIn(walk);
  await page.evaluate(() => { Notification.requestPermission = async () => 'denied'; });
  await j.press(page, 'Turn on push on this device');
  await j.sees(page, 'Your browser shows no notifications of this site.');
  await walk.look(page, 'push-blocked');
  await page.reload();
  // Nothing is put in the place of Chromium's own push service here, which it does not reach.
  await page.context().grantPermissions(['notifications']);
  await j.press(page, 'Turn on push on this device');
  await j.sees(page, "Your browser's push service could not be reached.");
  assert.equal(await page.getByRole('button', { name: 'Turn on push on this device' }).isEnabled(), true);
});
