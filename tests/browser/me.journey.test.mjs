// One's own: names, password, address, sessions, a lost password.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-18 my profile: one’s names, of the sign-in and in an account', house, async (walk) => {
  const address = walk.address('sana');
  await walk.user('Sana', 'Gupta', address, 'manager');
  const page = await walk.accept(address);
  await j.myAccount(page, 'My Profile');
  await j.on(page, 'My Profile');
  await j.sees(page, `This is how ${j.accountName} shows you to others`);
  await walk.look(page, 'profile-own');
  await j.fill(page, { 'Last name': '' });
  await j.press(page, 'Save changes');
  await j.errors(page, { last_name: 'Type the last name.' });
  await j.fill(page, { 'Last name': 'Rao', 'Chat display name': 'Sunny' });
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  const administrator = await walk.administrator();
  await administrator.goto(`${house.home}/users?q=sunny`);
  await j.row(administrator, address).waitFor();

  await j.follow(page, 'Sign-in');
  await j.sees(page, 'Your name in each account');
  await j.sees(page, 'Sana Rao');
  await walk.look(page, 'profile');
  // These pages are no account's: the way back is in the menu, to the one that led here.
  const back = page.locator('#rail a', { hasText: 'Back to the account' });
  assert.equal(await back.getAttribute('href'), house.home);
  const tabs = page.getByRole('navigation', { name: 'My Profile' });
  const leadsTo = (name) => tabs.getByRole('link', { name }).getAttribute('href');
  assert.equal(await leadsTo('In the account'), `${house.home}/me`);
  assert.equal(await leadsTo('Alerts and summaries'), `${house.home}/alerts`);
  assert.equal(await leadsTo('API keys'), '/me/api-keys');
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

j.journey('U-18 A-04 my profile: one’s own password', house, async (walk) => {
  const address = walk.address('petra');
  await walk.user('Petra', 'Stone', address, 'reporting');
  const page = await walk.accept(address);
  const other = await signIn(await walk.stranger(), address);
  await page.goto('/me');
  await j.press(page, 'Change Password');
  await j.on(page, 'Change your password');
  await walk.look(page, 'password');
  await j.fill(page, { 'Present password': 'not my password', 'New password': 'a kettle full of thunder' });
  await j.press(page, 'Change the password');
  await j.errors(page, { password: 'This is not the present password. Type it again.' });
  await walk.look(page, 'password-error');
  await j.fill(page, { 'Present password': j.password, 'New password': 'petrastone1' });
  await j.press(page, 'Change the password');
  await j.errors(page, { new_password: 'Use at least 12 characters. Three or four unrelated words do well.' });
  await j.fill(page, { 'Present password': j.password, 'New password': 'a kettle full of thunder' });
  await j.press(page, 'Change the password');
  await j.sees(page, 'Your password has been changed.');
  assert.match((await house.mail.next(address)).subject, /password was changed/);
  await j.again(other);
  await j.on(other, 'Sign in');
  await j.fill(other, { 'Email address': address, Password: 'a kettle full of thunder' });
  await j.press(other, 'Sign in');
  await other.waitForURL(/\/accounts\//);
});

j.journey('U-18 A-04 my profile: one’s own address, proven at the new one, told at the old one', house, async (walk) => {
  const [address, moved] = [walk.address('nadia'), walk.address('nadia.new')];
  await walk.user('Nadia', 'Aziz', address, 'reporting');
  const page = await walk.accept(address);
  const other = await signIn(await walk.stranger(), address);
  const ask = async (to, password = j.password) => {
    await page.goto('/me');
    await j.press(page, 'Change Email address');
    await j.on(page, 'Change your email address');
    await j.fill(page, { 'New email address': to, 'Present password': password });
    await j.press(page, 'Send me the link');
  };
  await ask(moved, 'not my password');
  await j.errors(page, { password: 'This is not the present password. Type it again.' });
  await walk.look(page, 'email-change-error');
  // An address that has a sign-in is answered alike; its owner alone learns of it.
  await ask(j.owner.email);
  await j.sees(page, 'A link is on its way to the new address.');
  await j.sees(page, `You asked to change it to ${j.owner.email}.`);
  const told = await house.mail.next(j.owner.email);
  assert.match(told.subject, /Somebody tried to use your email address/);
  assert.doesNotMatch(told.text + told.html, /email-change|nadia/i);
  await j.press(page, 'Keep my address');
  await j.sees(page, 'Your address stays as it is.');

  await ask(moved);
  const first = String(await walk.link(moved, 'email-change'));
  await walk.look(page, 'profile-waiting');
  await j.press(page, 'Send again');
  await j.sees(page, 'A link is on its way to the new address.');
  const link = String(await walk.link(moved, 'email-change'));
  const elsewhere = await walk.stranger();
  await j.go(elsewhere, first);
  await j.on(elsewhere, 'This link no longer works');
  await walk.look(elsewhere, 'email-change-closed');
  // Not signed in there: the link alone is not enough.
  await j.go(elsewhere, link);
  await j.on(elsewhere, 'Confirm your new address');
  assert.ok(!elsewhere.url().includes(link.split('/').pop()), 'the address has no token in it');
  await walk.look(elsewhere, 'email-change-password');
  await j.press(elsewhere, 'Confirm this address');
  await j.errors(elsewhere, { password: 'Type the password.' });
  await page.goto(link);
  await j.on(page, 'Confirm your new address');
  await walk.look(page, 'email-change');
  await j.press(page, 'Confirm this address');
  await j.sees(page, 'Your address has been changed.');
  await j.sees(page, moved);
  const old = await house.mail.next(address);
  assert.match(old.subject, /Your email address was changed/);
  assert.doesNotMatch(old.text + old.html, /nadia\.new|http:\/\/localhost/);
  await j.again(other);
  await j.on(other, 'Sign in');
  await j.fill(other, { 'Email address': address, Password: j.password });
  await j.press(other, 'Sign in');
  await j.errors(other, { '': 'The address and the password do not match. Check both, or set a new password.' });
  await signIn(other, moved);
  const administrator = await walk.administrator();
  await administrator.goto(`${house.home}/users?q=${moved}`);
  await j.row(administrator, moved).waitFor();
});

j.journey('X-04 signed in as somebody else at an invitation: signing out leads back to it', house, async (walk) => {
  const [mine, theirs] = [walk.address('quinn'), walk.address('rosa')];
  await walk.user('Quinn', 'Hale', mine, 'reporting');
  const page = await walk.accept(mine);
  await walk.user('Rosa', 'Diaz', theirs, 'reporting');
  await page.goto(String(await walk.link(theirs)));
  await j.sees(page, 'You are signed in with another address than the invited one.');
  await walk.look(page, 'invitation-other');
  await j.press(page, 'Sign out');
  await j.on(page, `Join ${j.accountName}`);
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
  for (const page of [elsewhere, third]) left.push((await j.again(page), await page.locator('h1').innerText()));
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
  await j.again(other);
  await j.on(other, 'Sign in');
  await j.go(other, link);
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
