// Two logins of one person: shown to be theirs, made one, and taken apart again.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import * as j from './journey.mjs';
import { built } from './server.mjs';

const run = promisify(execFile);
const house = j.furnish();

/** An account of its own, whose first administrator has this address; their page, signed in. */
async function elsewhere(walk, name, address) {
  const args = ['account', 'create', '--name', name, '--admin-email', address, '--admin-first-name', 'Noor', '--admin-last-name', 'Haddad'];
  const env = { ...process.env, ...house.mail.env, ROLLCALL_DATA_DIR: house.rollcall.data, ROLLCALL_BASE_URL: house.url };
  await run(built, args, { env });
  const page = await walk.stranger();
  await page.goto(String(await walk.link(address)));
  await j.on(page, `Join ${name}`);
  await j.fill(page, { 'Choose a password': j.password });
  await j.press(page, 'Accept the invitation');
  await page.waitForURL(/\/accounts\//);
  return page;
}

/** The lines of what happens. */
const lines = async (page) =>
  (await page.locator('.effects').getByRole('listitem').allInnerTexts()).map((text) => text.trim());

/** Account and type, as the page lists them. */
const listed = async (page) => (await page.locator('.review > div').allInnerTexts()).map((text) => text.split(/\s*\n\s*/).join(': '));

async function openMerge(page) {
  await page.goto('/me');
  await j.press(page, 'Merge logins');
  await j.on(page, 'Merge logins');
}

j.journey('C-01 two logins become one, by the password of the other, and two again', house, async (walk) => {
  const [address, other] = [walk.address('noor'), walk.address('noor.agency')];
  const agency = `Haddad & Daughters ${walk.way.javascript ? 'on' : 'off'}`;
  await walk.user('Noor', 'Haddad', address, 'reporting');
  const page = await walk.accept(address);
  const second = await elsewhere(walk, agency, other);
  await openMerge(page);
  await walk.look(page, 'login-merge');
  await j.press(page, 'Go on');
  await j.errors(page, { email: 'Type the email address.' });
  await j.fill(page, { 'Address of your other login': address, 'Password of the other login': j.password });
  await j.press(page, 'Go on');
  await j.errors(page, { email: 'You are signed in with this address now. Type the one of your other login.' });
  // An address without a login is answered as a wrong password is.
  for (const typed of [other, walk.address('nobody')]) {
    await j.fill(page, { 'Address of your other login': typed, 'Password of the other login': 'not the password' });
    await j.press(page, 'Go on');
    await j.errors(page, { '': 'The address and the password do not match. Check both, or set a new password.' });
  }
  await walk.look(page, 'login-merge-error');
  await j.fill(page, { 'Address of your other login': other, 'Password of the other login': j.password });
  await j.press(page, 'Go on');
  await j.on(page, 'Which address do you want to sign in with?');
  await walk.look(page, 'login-merge-keep');
  await j.choose(page, other.replaceAll('.', '\\.'));
  await j.press(page, 'See what happens');
  await j.on(page, 'Merge these logins?');
  assert.deepEqual(await listed(page), [`${agency}: Administrator Moves`, `${j.accountName}: Reporting`]);
  const told = await lines(page);
  assert.equal(told[0], `You sign in with ${other} and the password you have with ${address} now. The password of the other login is gone.`);
  assert.match(told[2], new RegExp(`Your address becomes ${other} in .*${j.accountName}`));
  await walk.look(page, 'login-merge-confirm');
  await j.press(page, 'Merge the logins');
  await j.errors(page, { password: 'Type the password.' });
  await j.fill(page, { 'Present password': 'not my password' });
  await j.press(page, 'Merge the logins');
  await j.errors(page, { password: 'This is not the present password. Type it again.' });
  await walk.look(page, 'login-merge-confirm-error');
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Merge the logins');
  await j.on(page, 'My Profile');
  await j.sees(page, 'The logins are merged. You are signed out everywhere else.');
  await j.sees(page, `${address} signs in nobody since two logins of yours were merged.`);
  await walk.look(page, 'profile-merged');
  await j.again(second);
  await j.on(second, 'Sign in');
  for (const to of [other, address]) assert.match((await house.mail.next(to)).subject, /Your logins were merged/);
  await page.goto('/accounts');
  await j.sees(page, agency);
  await j.sees(page, j.accountName);
  await signIn(second, address, false);
  await signIn(second, other);

  await second.goto('/me');
  await j.press(second, /^Undo the merge/);
  await j.on(second, 'Take the two logins apart again?');
  await j.sees(second, `Accounts that ${address} then opens`);
  await walk.look(second, 'login-merge-undo');
  await j.fill(second, { 'Present password': j.password });
  await j.press(second, 'Undo the merge');
  await j.sees(second, 'Undone. The other login signs in again.');
  for (const to of [address, other]) assert.match((await house.mail.next(to)).subject, /Your logins are two again/);
  await j.again(page);
  await j.on(page, 'Sign in');
  await signIn(page, other);
  await j.on(page, 'Hello Noor');
  assert.equal(await j.status(page, house.home), 404, 'the account of the other login is not theirs any more');
});

j.journey('C-01 two logins become one, by a link to the other', house, async (walk) => {
  const [address, other] = [walk.address('samir'), walk.address('samir.agency')];
  await walk.user('Samir', 'Nasser', address, 'reporting');
  const page = await walk.accept(address);
  await elsewhere(walk, 'Nasser Movers', other);
  await openMerge(page);
  await j.fill(page, { 'Address of your other login': walk.address('nobody') });
  await j.press(page, 'Send a link instead');
  await j.sees(page, 'If the address has a login, a link is on its way to it.');
  await j.press(page, 'Give it up');
  await j.sees(page, 'Given up. Your logins stay as they are.');
  await openMerge(page);
  await j.fill(page, { 'Address of your other login': other });
  await j.press(page, 'Send a link instead');
  await j.sees(page, `If ${other} is a login`);
  await walk.look(page, 'login-merge-waiting');
  const first = String(await walk.link(other, 'login-merge'));
  await j.press(page, 'Send again');
  const link = await walk.link(other, 'login-merge');
  assert.doesNotMatch(link.message.text + link.message.html, new RegExp(address), 'it names nobody who asked');
  const reader = await walk.stranger();
  await j.go(reader, first);
  await j.on(reader, 'This link no longer works');
  await walk.look(reader, 'login-merge-closed');
  await j.go(reader, String(link));
  await j.sees(reader, 'Sign in with the login that asked for this link');
  await walk.look(reader, 'login-merge-link-nobody');
  await signIn(reader, other);
  await j.go(reader, String(link));
  await j.sees(reader, 'This link shows something only in a browser where you are signed in');
  await walk.look(reader, 'login-merge-link-another');
  await j.go(page, String(link));
  await j.on(page, 'Is this login yours?');
  assert.ok(!page.url().includes(String(link).split('/').pop()), 'the address has no token in it');
  await walk.look(page, 'login-merge-link');
  await j.press(page, 'Yes, this login is mine');
  await j.on(page, 'Which address do you want to sign in with?');
  await page.goto('/me/merge');
  await j.sees(page, `You have shown that ${other} is yours.`);
  await walk.look(page, 'login-merge-proven');
  await j.press(page, 'Go on');
  await j.press(page, 'See what happens');
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Merge the logins');
  await j.sees(page, 'The logins are merged.');
  await page.goto('/accounts');
  await j.sees(page, 'Nasser Movers');
});

j.journey('C-01 two logins in one account are told apart by its name', house, async (walk) => {
  const [address, other] = [walk.address('olive'), walk.address('olive.two')];
  await walk.user('Olive', 'Grant', address, 'reporting');
  const page = await walk.accept(address);
  await walk.user('Olive', 'Grant', other, 'manager');
  await walk.accept(other);
  await openMerge(page);
  await j.fill(page, { 'Address of your other login': other, 'Password of the other login': j.password });
  await j.press(page, 'Go on');
  await page.locator('.note.warn').waitFor();
  const told = (await page.locator('.note.warn').innerText()).replace(/[\u2066-\u2069]/g, '');
  assert.match(told, new RegExp(`^You are a user of ${j.accountName} with both logins, so ${other} can’t be merged\\.`));
  await walk.look(page, 'login-merge-both');
});

async function signIn(page, address, works = true) {
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': address, Password: j.password });
  await j.press(page, 'Sign in');
  if (works) await page.waitForURL(/\/accounts\b/);
  else await j.errors(page, { '': 'The address and the password do not match. Check both, or set a new password.' });
  return page;
}
