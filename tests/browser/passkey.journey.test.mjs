// Passkeys: added, used to sign in alone and behind the password, renamed, removed. Chromium keeps them in a device of its own
// making, which its own tests use too; all else is as people have it.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** A device in this page's browser that keeps passkeys, and knows its owner. */
async function device(page) {
  const browser = await page.context().newCDPSession(page);
  await browser.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', { options });
  const { credentials } = await browser.send('WebAuthn.getCredentials', { authenticatorId });
  assert.deepEqual(credentials, []);
  return (what, more = {}) => browser.send(`WebAuthn.${what}`, { authenticatorId, ...more });
}

async function typePassword(page, address) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: j.password });
  await j.press(page, 'Sign in');
}

j.journey('A-02 U-18 passkeys are added, sign in alone and behind the password, and are removed', house, async (walk, way) => {
  const sam = walk.address('sam');
  await walk.user('Sam', 'Okafor', sam, 'manager');
  const page = await walk.accept(sam);
  await page.goto('/me');
  await walk.look(page, 'passkey-profile');
  await page.getByRole('link', { name: 'Change Passkeys' }).click();
  await j.on(page, 'Passkeys');
  await walk.look(page, 'passkey-none');
  await j.fill(page, { 'Present password': 'not the password' });
  await j.press(page, 'Continue');
  await j.sees(page, 'This is not the present password. Type it again.');
  await walk.look(page, 'passkey-wrong-password');
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Continue');
  await j.on(page, 'Add a passkey');
  if (!way.javascript) {
    await j.sees(page, /This needs JavaScript/);
    assert.equal(await page.getByRole('button', { name: 'Make the passkey' }).count(), 0);
    await walk.look(page, 'passkey-new');
    const stranger = await walk.stranger();
    await stranger.goto('/sign-in');
    assert.equal(await stranger.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
    await walk.look(stranger, 'passkey-sign-in');
    return;
  }
  const phone = await device(page);
  await walk.look(page, 'passkey-new');
  await j.press(page, 'Make the passkey');
  await j.on(page, 'Your recovery codes');
  const codes = (await page.locator('pre.code').innerText()).trim().split('\n');
  assert.equal(codes.length, 10);
  await walk.look(page, 'passkey-codes');
  assert.equal((await house.mail.next(sam)).subject, 'A passkey was added for you');
  await page.goto('/me/passkeys');
  await j.sees(page, 'Chrome on Linux');
  await walk.look(page, 'passkey-list');

  // The same device has one already, and says so.
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Continue');
  await j.press(page, 'Make the passkey');
  await j.sees(page, 'This device has a passkey of yours already. Use that one, or another device.');
  await walk.look(page, 'passkey-exists');
  await page.goto('/me/second-factor');
  await j.sees(page, 'Your passkeys are your second factor. 10 recovery codes are left.');
  await walk.look(page, 'passkey-second-factor');

  // Alone, and to where one wanted to go.
  await page.context().clearCookies();
  await page.goto('/sign-in?next=%2Fme%2Fsessions');
  await walk.look(page, 'passkey-sign-in');
  await j.press(page, 'Sign in with a passkey');
  await page.waitForURL(/\/me\/sessions$/);

  // Behind the password, where a recovery code would do as well.
  await page.context().clearCookies();
  await typePassword(page, sam);
  await j.on(page, 'One more step');
  await walk.look(page, 'passkey-second');
  await j.press(page, 'Sign in with a passkey');
  await page.waitForURL(/\/accounts/);

  // A device without any of ours, and one that has less than it had.
  // No page stays open that would ask for its account once more.
  await page.goto('about:blank');
  await page.context().clearCookies();
  const { credentials } = await phone('getCredentials');
  await phone('clearCredentials');
  await phone('addCredential', { credential: { ...credentials[0], signCount: 0 } });
  await page.goto('/sign-in');
  await j.press(page, 'Sign in with a passkey');
  await j.sees(page, 'This passkey signs nobody in here, or it took too long. Try again, or sign in another way.');
  await walk.look(page, 'passkey-refused');
  assert.equal((await house.mail.next(sam)).subject, 'One of your passkeys may have been copied');
  await phone('clearCredentials');
  await phone('addCredential', { credential: { ...credentials[0], signCount: 50 } });
  await page.goto('/sign-in');
  await j.press(page, 'Sign in with a passkey');
  await page.waitForURL(/\/accounts/);

  await page.goto('/me/passkeys');
  await page.getByRole('link', { name: 'Change the passkey Chrome on Linux' }).click();
  await j.on(page, 'Chrome on Linux');
  await walk.look(page, 'passkey-edit');
  await j.fill(page, { Name: 'Old laptop' });
  await j.press(page, 'Save changes');
  await j.sees(page, 'The passkey has its new name.');
  await page.getByRole('link', { name: 'Change the passkey Old laptop' }).click();
  await j.fill(page, { Code: '123', 'Present password': j.password });
  await j.press(page, 'Remove this passkey');
  await j.errors(page, { code: 'This code does not fit, or was used already. Type the newest one of your app, or a recovery code.' });
  await j.fill(page, { Code: codes[0], 'Present password': j.password });
  await j.press(page, 'Remove this passkey');
  await j.sees(page, 'The passkey is removed. Delete it on your device, too.');
  assert.equal((await house.mail.next(sam)).subject, 'One of your passkeys was removed');
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await j.press(page, 'Sign in with a passkey');
  await j.sees(page, /This passkey signs nobody in here/);
  await typePassword(page, sam);
  await page.waitForURL(/\/accounts/);
});

j.journey('I-08 the pages of passkeys in Spanish', house, async (walk, way) => {
  if (!way.javascript) return;
  const luz = walk.address('luz');
  await walk.user('Luz', 'Ortega', luz, 'manager');
  const english = await walk.accept(luz);
  const page = await walk.stranger({ locale: 'es-ES' });
  await page.context().addCookies((await english.context().storageState()).cookies.filter((cookie) => cookie.name === 'session'));
  await device(page);
  await page.goto('/me/passkeys');
  await j.on(page, 'Llaves de acceso');
  await walk.look(page, 'passkey-es-none');
  await page.locator('#password').fill(j.password);
  await j.press(page, 'Continuar');
  await walk.look(page, 'passkey-es-new');
  await j.press(page, 'Crear la llave de acceso');
  await j.on(page, 'Sus códigos de recuperación');
  await page.goto('/me/passkeys');
  await walk.look(page, 'passkey-es-list');
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await walk.look(page, 'passkey-es-sign-in');
  await j.press(page, 'Iniciar sesión con una llave de acceso');
  await page.waitForURL(/\/accounts/);
});
