// Single sign-on by a real provider: connected, used, refused, with another key, required, and ended.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { startIdentityProvider } from './identity-provider.mjs';
import * as j from './journey.mjs';

const provider = await startIdentityProvider();
const house = j.furnish({ env: provider.env });
after(() => provider.stop());

const noProvider = {
  account: 'There is no single sign-on by this account number. Ask your administrator for the sign-in address.',
};

const there = () => ({ also: [provider.host] });

/** Back from the provider, on the page with the button. */
const back = (page) => page.waitForURL(/\/single-sign-on\/ACC\w+\?/);

/** From the page that leaves to the provider, where they say who they are, and back. */
async function sayWho(page, name) {
  await page.waitForURL(/\/interaction\//);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Sign in here' }).click();
  await back(page);
}

/** Leaves from here, and is looked at on the way, which is short: the provider's answer says to stay. */
async function lookAtLeaving(walk, page, leave) {
  await page.route(`http://${provider.host}/**`, (route) => route.fulfill({ status: 204 }));
  await leave();
  await j.on(page, 'To your identity provider');
  await walk.look(page, 'single-sign-on-leave');
  await page.unroute(`http://${provider.host}/**`);
  await page.getByRole('link', { name: 'Continue' }).click();
}

async function link(page, name) {
  await j.fill(page, { Password: j.password });
  await j.press(page, 'Link and continue there');
  await sayWho(page, name);
  await j.on(page, 'Link yourself to your identity provider?');
}

j.journey('A-08 X-29 single sign-on by a provider, and when it is required', house, async (walk) => {
  provider.open(`${house.url}/single-sign-on/${house.home.split('/').pop()}`);
  const admin = await walk.administrator(there());
  await admin.goto(`${house.home}/settings`);
  await admin.getByRole('link', { name: /^Single sign-on/ }).click();
  // What an earlier walk has left.
  if (await admin.getByRole('button', { name: 'Disconnect' }).count()) await j.press(admin, 'Disconnect');
  await walk.look(admin, 'single-sign-on-off');
  await j.fill(admin, { ...provider.typed, Issuer: `${provider.typed.Issuer}/nobody` });
  await j.press(admin, 'Connect');
  await j.errors(admin, {
    issuer: 'No provider of OpenID Connect answers there under this name. Check the issuer with your provider.',
  });
  await walk.look(admin, 'single-sign-on-wrong');
  await j.fill(admin, provider.typed);
  await j.press(admin, 'Connect');
  await j.sees(admin, 'Sign-in address');
  await walk.look(admin, 'single-sign-on-on');
  const address = await admin.getByText(/\/sign-in\/single-sign-on\?account=ACC/).innerText();
  const signInAddress = address.match(/http\S+?account=ACC\w{32}/)[0];

  const sam = walk.address('sam');
  await walk.user('Sam', 'Okafor', sam, 'manager');
  const page = await walk.accept(sam);
  const known = await walk.stranger(there());
  await known.context().addCookies(await page.context().cookies());
  await known.goto(`${house.home}/me/single-sign-on`);
  await walk.look(known, 'single-sign-on-own');
  await link(known, 'subject-sam');
  await walk.look(known, 'single-sign-on-return-link');
  await j.press(known, 'Continue');
  await j.sees(known, 'You can sign in to this account by your company');
  await walk.look(known, 'single-sign-on-own-linked');

  // Somebody whom nobody has linked.
  const wrong = await walk.stranger(there());
  await wrong.goto('/sign-in');
  await walk.look(wrong, 'sign-in-with-single-sign-on');
  await j.follow(wrong, 'Sign in with single sign-on');
  await walk.look(wrong, 'single-sign-on-sign-in');
  await j.fill(wrong, { 'Account number': 'ACC1' });
  await j.press(wrong, 'Continue');
  await j.errors(wrong, noProvider);
  await wrong.goto(signInAddress);
  await lookAtLeaving(walk, wrong, () => j.press(wrong, 'Continue'));
  await sayWho(wrong, sam);
  await j.on(wrong, 'Sign in to this account?');
  await walk.look(wrong, 'single-sign-on-return');
  await j.press(wrong, 'Continue');
  await j.sees(wrong, 'Nobody with access to this account is linked to your identity there.');
  await walk.look(wrong, 'single-sign-on-ended');

  // Whoever says no there is told so here.
  const no = await walk.stranger(there());
  await no.goto(signInAddress);
  await j.press(no, 'Continue');
  await no.waitForURL(/\/interaction\//);
  await no.getByRole('button', { name: 'No' }).click();
  await back(no);
  await j.press(no, 'Continue');
  await j.sees(no, 'Your identity provider did not confirm who you are.');

  // With another key of the provider's, and what was brought back counts once, and here alone.
  provider.rotate();
  const bySam = await walk.stranger(there());
  await bySam.goto(signInAddress);
  await j.press(bySam, 'Continue');
  await sayWho(bySam, 'subject-sam');
  const brought = bySam.url();
  const thief = await walk.stranger(there());
  assert.equal(await j.status(thief, brought), 410);
  await thief.goto(signInAddress);
  await j.press(thief, 'Continue');
  await thief.waitForURL(/\/interaction\//);
  await thief.goto(brought);
  await j.press(thief, 'Continue');
  await j.sees(thief, 'Your identity provider did not confirm who you are.');
  await j.press(bySam, 'Continue');
  await bySam.waitForURL(/\/accounts\/ACC\w+$/);
  await walk.look(bySam, 'single-sign-on-in');
  assert.equal(await j.status(bySam, brought), 410);

  // Required: a password's session is told the way on, and what the provider began goes on.
  await admin.goto(`${house.home}/single-sign-on`);
  const required = admin.locator('section.part', { hasText: 'Require single sign-on' });
  await admin.getByLabel('People of this account must sign in by the provider').check();
  await j.press(admin, 'Save changes', required);
  await j.errors(admin, { keeper: 'Choose at least one administrator who may go on with their password.' });
  await walk.look(admin, 'single-sign-on-keep-nobody');
  await required.getByLabel(`${j.owner.first} ${j.owner.last}`).check();
  await j.press(admin, 'Save changes', required);
  await j.sees(admin, 'Single sign-on is required now.');
  await walk.look(admin, 'single-sign-on-required');
  assert.equal(await j.status(admin, house.home), 200);
  assert.equal(await j.status(known, house.home), 403);
  await known.goto(house.home);
  await j.on(known, 'This account requires single sign-on');
  await walk.look(known, 'single-sign-on-needed');
  await j.follow(known, 'Link myself');
  await walk.look(known, 'single-sign-on-own-needed');
  await known.goto(house.home);
  await j.follow(known, 'Sign in with single sign-on');
  await j.press(known, 'Continue');
  await sayWho(known, 'subject-sam');
  await j.press(known, 'Continue');
  await known.waitForURL(/\/accounts\/ACC\w+$/);
  assert.equal(await j.status(bySam, house.home), 200);

  // Ended: what the provider began is over at once.
  await admin.goto(`${house.home}/single-sign-on`);
  await j.press(admin, 'Disconnect');
  await j.sees(admin, 'Single sign-on is disconnected.');
  await bySam.goto(house.home);
  await bySam.waitForURL(/\/sign-in/);
  const again = await walk.stranger(there());
  await again.goto(signInAddress);
  await j.press(again, 'Continue');
  await j.errors(again, noProvider);
});
