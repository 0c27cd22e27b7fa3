// Companies, account settings, one's own profile and sessions, a lost password, and the activity of it all.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('G-01 companies: create, rename, disable and enable', house, async (walk, way) => {
  const page = await walk.administrator();
  const name = `Lakeview Vets ${way.javascript ? 'on' : 'off'}`;
  await j.myAccount(page, 'All companies');
  await j.on(page, /^All companies$/);
  await walk.look(page, 'companies');
  await j.tab(page, 'Disabled');
  if (way.javascript) await walk.look(page, 'companies-disabled-none');
  await j.press(page, 'Create company');
  await j.on(page, 'Create company');
  await walk.look(page, 'company-new');
  await j.fill(page, { 'Company name': 'Harbor Dental', 'Time zone': 'Somewhere' });
  await j.press(page, 'Create company');
  await j.errors(page, { time_zone: 'Choose a time zone from the list, like America/New_York.' });
  await j.fill(page, { 'Time zone': 'America/Chicago' });
  await j.press(page, 'Create company');
  await j.errors(page, { name: 'Another company of this account has this name. Choose a different one.' });
  await walk.look(page, 'company-new-error');
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'America/Chicago');
  await j.fill(page, { 'Company name': name });
  await j.choose(page, 'Uses Lead Center');
  await j.press(page, 'Create company');
  await j.sees(page, 'The company has been created.');
  await j.follow(page, name);
  await j.on(page, name);
  await walk.look(page, 'company');
  const renamed = `${name} & Pets`;
  await j.fill(page, { 'Company name': renamed });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  await page.goto(`${house.home}/companies`);
  await j.row(page, renamed).getByText('America/Chicago').waitFor();

  await j.press(page, `Manage ${renamed}`);
  await j.follow(page, 'Disable');
  await j.on(page, `Disable ${renamed}?`);
  await j.isDialog(page, way);
  await walk.look(page, 'company-disable');
  await j.press(page, `Disable ${renamed}`);
  await j.sees(page, 'The company has been disabled.');
  assert.equal(await j.row(page, renamed).count(), 0);
  await j.tab(page, 'Disabled');
  await j.row(page, renamed).waitFor();
  await walk.look(page, 'companies-disabled');
  await j.press(page, `Manage ${renamed}`);
  await j.press(page, 'Enable');
  await j.sees(page, 'The company has been enabled.');
  await j.tab(page, 'Active');
  await j.row(page, renamed).waitFor();
});

j.journey('U-07 account settings: name, time zone, how long an invitation works', house, async (walk) => {
  const page = await walk.administrator();
  await j.myAccount(page, 'Account settings');
  await j.on(page, 'Account settings');
  await walk.look(page, 'settings');
  await j.fill(page, { 'Account name': '', 'How long an invitation works': '31' });
  await j.press(page, 'Save changes');
  await j.errors(page, { name: 'Type a name.', invitation_days: 'Type a number between 1 and 30.' });
  await walk.look(page, 'settings-error');
  await j.fill(page, { 'Account name': j.accountName, 'How long an invitation works': '3' });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  assert.equal(await page.getByLabel('How long an invitation works').inputValue(), '3');
  const address = walk.address('days');
  await walk.user('Theo', 'Days', address, 'manager');
  const { message } = await walk.link(address);
  const day = new Date(Date.now() + 3 * 86_400_000).toLocaleString('en-US', { day: 'numeric', timeZone: 'America/New_York' });
  assert.match(message.text, new RegExp(`\\b${day}\\b`), 'the mail says the third day from now');
});

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

j.journey('A-05 the activity tells who did what to whom', house, async (walk) => {
  const address = walk.address('ivy');
  const page = await walk.user('Ivy', 'Hall', address, 'reporting');
  const colleague = await walk.accept(address);
  await j.on(colleague, 'Hello Ivy');
  await j.openUsers(page);
  await j.row(page, address).getByRole('link', { name: 'Ivy Hall', exact: true }).click();
  await j.fill(page, { 'First name': 'Ivana' });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  await j.press(page, 'Delete Ivana Hall');
  await j.on(page, 'Delete Ivana Hall?');
  await j.press(page, 'Delete Ivana Hall');
  await j.sees(page, 'The user has been deleted');
  await j.myAccount(page, 'Activity');
  await j.on(page, /^Activity$/);
  await walk.look(page, 'activity');
  const rows = (await page.locator('tbody tr').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  const told = [/Dana Reyes .*deleted the user Ivana Hall/, /Dana Reyes .*changed the user .*Ivy.*Ivana/, /Ivy Hall .*accepted the invitation/, /Dana Reyes .*created the user Ivy Hall/];
  const places = told.map((line) => rows.findIndex((text) => line.test(text)));
  assert.ok(places.every((place) => place >= 0), `${places}\n${rows.join('\n')}`);
  assert.deepEqual(places, [...places].sort((a, b) => a - b), 'newest first');
});

async function signIn(page, address) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: j.password });
  await j.press(page, 'Sign in');
  await page.waitForURL(/\/accounts\//);
  return page;
}
