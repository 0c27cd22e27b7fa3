// A temporary password from the administrator who sets it to the person who replaces it (C-06), and what they confirm.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();
const own = 'a kettle full of thunder';

/** Opens the page of somebody who is invited, from the list. */
async function pending(page, name, address) {
  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await j.row(page, address).getByRole('link', { name, exact: true }).click();
  await j.on(page, name);
}

async function signIn(page, address, password) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: password });
  await j.press(page, 'Sign in');
}

j.journey('C-06 a temporary password is set, typed, replaced, and works no more', house, async (walk) => {
  const address = walk.address('tilda');
  const page = await walk.user('Tilda', 'Moss', address, 'reporting', { send: 'later' });
  await pending(page, 'Tilda Moss', address);
  await walk.look(page, 'temporary-password-offered');
  await page.getByRole('link', { name: 'Set a temporary password' }).click();
  await j.on(page, 'Set a temporary password');
  await walk.look(page, 'temporary-password-set');
  const field = page.getByLabel('Temporary password');
  assert.ok(await field.evaluate((one) => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight), 'it is seen whole');
  await j.fill(page, { 'Temporary password': 'short' });
  await j.press(page, 'Set the temporary password');
  await j.errors(page, { password: 'Use at least 12 characters. Three or four unrelated words do well.' });
  await walk.look(page, 'temporary-password-set-error');
  const given = await page.getByLabel('Temporary password').inputValue();
  assert.match(given, /^[a-z0-9]{4}(-[a-z0-9]{4}){6}$/);
  await j.press(page, 'Set the temporary password');
  await j.on(page, 'Tilda Moss');
  await j.sees(page, 'it is shown nowhere again');
  await j.sees(page, 'Set by Dana Reyes');
  assert.ok(!(await page.content()).includes(given));
  await walk.look(page, 'temporary-password-waiting');

  const mail = await house.mail.next(address);
  assert.match(mail.subject, /awaits you/);
  assert.ok(!mail.text.includes(given) && !mail.html.includes(given));
  assert.match(mail.text, /\/sign-in\r?\n/);

  const tilda = await walk.stranger();
  await signIn(tilda, address, 'this is not the password');
  await j.on(tilda, 'Sign in');
  await signIn(tilda, address, given.replaceAll('-', '').toUpperCase());
  await j.on(tilda, 'Choose your own password');
  await walk.look(tilda, 'temporary-password-choose');
  await j.fill(tilda, { 'Your own password': given });
  await j.press(tilda, 'Save and join the account');
  await j.errors(tilda, { password: 'This is the temporary password, which somebody else knows. Choose another one.' });
  await walk.look(tilda, 'temporary-password-choose-error');
  await j.fill(tilda, { 'Your own password': j.password });
  await j.press(tilda, 'Save and join the account');
  await j.on(tilda, 'Hello Tilda');

  const late = await walk.stranger();
  await signIn(late, address, given);
  await j.on(late, 'Sign in');
  await j.sees(late, 'do not match');
  await late.goto('/temporary-password');
  await j.on(late, 'Sign in once more');
  await walk.look(late, 'temporary-password-closed');
});

j.journey('X-01 an address that nobody has confirmed is confirmed by mail, with a new password', house, async (walk) => {
  const address = walk.address('piet');
  const page = await walk.user('Piet', 'Hollis', address, 'manager', { send: 'later' });
  await pending(page, 'Piet Hollis', address);
  await page.getByRole('link', { name: 'Set a temporary password' }).click();
  const given = await page.getByLabel('Temporary password').inputValue();
  await j.press(page, 'Set the temporary password');
  await house.mail.next(address);
  const piet = await walk.stranger();
  await signIn(piet, address, given);
  await j.fill(piet, { 'Your own password': j.password });
  await j.press(piet, 'Save and join the account');
  await j.on(piet, 'Hello Piet');
  const first = await walk.link(address, 'reset');
  assert.match(first.message.subject, /Confirm your email address/);

  await piet.goto('/me/access-requests');
  await piet.goto('/me');
  await j.sees(piet, 'Confirm your address');
  await walk.look(piet, 'profile-unproven');
  await j.press(piet, 'Send me the link');
  await j.sees(piet, 'The link is on its way to your address.');
  const link = String(await walk.link(address, 'reset'));
  await j.go(piet, link);
  await j.on(piet, 'Choose a new password');
  await j.fill(piet, { 'New password': own });
  await j.press(piet, 'Save the password');
  await piet.goto('/me');
  assert.equal(await piet.getByText('Confirm your address').count(), 0);
});

j.journey('C-06 a temporary password is taken back, and switched off in the settings', house, async (walk) => {
  const address = walk.address('runa');
  const page = await walk.user('Runa', 'Berg', address, 'manager');
  await pending(page, 'Runa Berg', address);
  await page.getByRole('link', { name: 'Set a temporary password' }).click();
  await j.press(page, 'Set the temporary password');
  await page.getByRole('link', { name: 'Set another temporary password' }).click();
  await j.sees(page, 'It stops working when you set this one.');
  await walk.look(page, 'temporary-password-set-again');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await j.press(page, 'Take the temporary password back');
  await j.sees(page, 'The temporary password works no more.');

  await page.goto(`${house.home}/settings`);
  await page.getByLabel('Let administrators set temporary passwords').uncheck();
  await walk.look(page, 'account-settings-temporary');
  await j.press(page, 'Save changes');
  await pending(page, 'Runa Berg', address);
  assert.equal(await page.getByRole('link', { name: 'Set a temporary password' }).count(), 0);
  await page.goto(`${house.home}/settings`);
  await page.getByLabel('Let administrators set temporary passwords').check();
  await j.press(page, 'Save changes');
});
