// One's own: names, sessions, a lost password.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-18 my profile: one’s own names', house, async (walk) => {
  const address = walk.address('sana');
  await walk.user('Sana', 'Gupta', address, 'manager');
  const page = await walk.accept(address);
  await j.myAccount(page, 'My Profile');
  await j.on(page, 'My Profile');
  await walk.look(page, 'profile');
  await j.fill(page, { 'First name': '' });
  await j.press(page, 'Save changes');
  await j.errors(page, { first_name: 'Type the first name.' });
  await walk.look(page, 'profile-error');
  await j.fill(page, { 'First name': 'Sanaa' });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  await page.goto('/');
  await j.on(page, 'Hello Sanaa');
});

j.journey('A-03 sessions: sign out one of two, then all others', house, async (walk) => {
  const address = walk.address('kim');
  await walk.user('Kim', 'Novak', address, 'reporting');
  const here = await walk.accept(address);
  const elsewhere = await signIn(await walk.stranger(), address);
  const third = await signIn(await walk.stranger(), address);
  await j.myAccount(here, 'My Profile');
  await j.follow(here, 'Sessions');
  await j.sees(here, 'Where you are signed in.');
  const rows = here.locator('.sessions li');
  assert.equal(await rows.count(), 3);
  await rows.first().getByText('This device').waitFor();
  await walk.look(here, 'sessions');
  await rows.nth(1).getByRole('button', { name: /^Sign out/ }).click();
  await j.sees(here, 'That device has been signed out.');
  assert.equal(await rows.count(), 2);
  const left = [];
  for (const page of [elsewhere, third]) left.push((await page.reload(), await page.locator('h1').innerText()));
  assert.deepEqual(left.sort(), ['Hello Kim', 'Sign in']);
  await j.press(here, 'Sign out everywhere else');
  await j.sees(here, 'All other devices have been signed out.');
  assert.equal(await rows.count(), 1);
  const panel = await j.openMyAccount(here);
  await j.press(here, 'Sign out', panel);
  await j.on(here, 'Sign in');
  await j.sees(here, 'You have been signed out.');
  await here.goto('/me');
  await j.on(here, 'Sign in');
  await j.fill(here, { 'Email address': address, Password: j.password });
  await j.press(here, 'Sign in');
  await j.on(here, 'My Profile');
});

j.journey('A-04 a lost password: a link by mail, once', house, async (walk) => {
  const address = walk.address('ruth');
  await walk.user('Ruth', 'Costa', address, 'reporting');
  const other = await walk.accept(address);
  const page = await walk.stranger();
  await page.goto('/sign-in');
  await j.follow(page, 'Forgot your password?');
  await j.on(page, 'Set a new password');
  await walk.look(page, 'reset');
  await j.press(page, 'Send me the link');
  await j.errors(page, { email: 'Type the email address.' });
  // Who is not here gets the same answer, and no mail.
  await j.fill(page, { 'Email address': walk.address('nobody') });
  await j.press(page, 'Send me the link');
  await j.on(page, 'Look at your email');
  await page.goto('/reset');
  await j.fill(page, { 'Email address': address });
  await j.press(page, 'Send me the link');
  await j.on(page, 'Look at your email');
  await walk.look(page, 'reset-sent');
  const link = String(await walk.link(address, 'reset'));
  await page.goto(link);
  await j.on(page, 'Choose a new password');
  await walk.look(page, 'reset-new');
  await j.fill(page, { 'New password': 'short' });
  await j.press(page, 'Save the password');
  await j.errors(page, { password: 'Use at least 12 characters. Three or four unrelated words do well.' });
  await j.fill(page, { 'New password': `${j.password} and more` });
  await j.press(page, 'Save the password');
  await j.on(page, 'Hello Ruth');
  assert.match((await house.mail.next(address)).subject, /password was changed/);
  await other.reload();
  await j.on(other, 'Sign in');
  await other.goto(link);
  await j.on(other, 'This link no longer works');
  await walk.look(other, 'reset-closed');
  assert.ok(!(await house.mail.all()).some((mail) => mail.to.includes(walk.address('nobody'))));
});

async function signIn(page, address) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: j.password });
  await j.press(page, 'Sign in');
  await page.waitForURL(/\/accounts\//);
  return page;
}
