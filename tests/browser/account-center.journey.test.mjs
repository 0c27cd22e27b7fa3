// An agency and its account center, S2: set up of two accounts, the first executive administrator by the banner, others
// by invitation and by the toggle, accounts that join and leave.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import * as j from './journey.mjs';
import { built } from './server.mjs';

const house = j.furnish();

/** An account of whoever has the address, by the command line. */
function account(name, email) {
  const who = ['--admin-email', email, '--admin-first-name', 'Nora', '--admin-last-name', 'Quinn'];
  const env = { ...process.env, ROLLCALL_DATA_DIR: house.rollcall.data, ROLLCALL_BASE_URL: house.url };
  execFileSync(built, ['account', 'create', '--name', name, ...who], { env });
}

/** Somebody with two accounts, who is signed in. */
async function agency(walk, way, name) {
  const side = way.javascript ? 'on' : 'off';
  const address = walk.address(name);
  const page = await walk.stranger();
  for (const place of ['North', 'South']) {
    account(`${place} Clinic ${side}`, address);
    await page.goto(String(await walk.link(address)));
    await j.on(page, `Join ${place} Clinic ${side}`);
    if (place === 'North') await j.fill(page, { 'Choose a password': j.password });
    await j.press(page, /^(Accept the invitation|Join the account)$/);
    await page.waitForURL(/\/accounts\//);
  }
  return { page, side, address };
}

/** My Account > Account Center, and there the button of an empty one. */
async function makeCenter(page, side) {
  await j.myAccount(page, 'Account Center');
  await j.press(page, 'Set up an account center');
  await j.on(page, 'Set up an account center');
  await j.fill(page, { 'Name of the account center': `Agency ${side}` });
  await j.choose(page, `North Clinic ${side}`, `South Clinic ${side}`);
  await j.press(page, 'Set up an account center');
  await j.sees(page, 'The account center has been made.');
}

j.journey('C-03 C-04 C-13 S2 an account center is set up, opened and grows', house, async (walk, way) => {
  const { page, side } = await agency(walk, way, 'nora');
  await j.myAccount(page, 'Account Center');
  await j.on(page, 'Account Center');
  await walk.look(page, 'account-centers');
  await j.press(page, 'Set up an account center');
  await walk.look(page, 'account-center-new');
  await j.choose(page, `North Clinic ${side}`);
  await j.press(page, 'Set up an account center');
  await j.errors(page, { name: 'Type a name.', account: 'Choose at least 2.' });
  await walk.look(page, 'account-center-new-error');
  assert.ok(await page.getByLabel(`North Clinic ${side}`).isChecked(), 'nothing is lost');
  await j.fill(page, { 'Name of the account center': `Agency ${side}` });
  await j.choose(page, `South Clinic ${side}`);
  await j.press(page, 'Set up an account center');
  await j.sees(page, 'The account center has been made.');
  await j.on(page, 'Accounts');
  await j.sees(page, '2 accounts');
  await walk.look(page, 'account-center-banner');
  const feedback = await page.getByRole('link', { name: 'Tell us what you think' }).getAttribute('href');
  assert.match(feedback, /^mailto:/);
  // Who goes to Users first is not sent away: it is opened there, too.
  await page.goto(`${page.url().replace(/[?#].*/, '')}/users`);
  await j.sees(page, 'Managing users across accounts is not open yet');
  await walk.look(page, 'account-center-users-closed');
  await j.press(page, 'Open Users');
  await j.sees(page, 'Users are managed across all accounts now.');
  await j.on(page, 'Users');
  await page.goto(page.url().replace(/\/users$/, ''));
  await j.press(page, 'Make me executive administrator');
  await j.on(page, 'Make yourself executive administrator?');
  await j.isDialog(page, way);
  await walk.look(page, 'account-center-first');
  await j.press(page, 'Make me executive administrator');
  await j.sees(page, 'You are an executive administrator now.');
  assert.equal(await page.locator('.banner').count(), 0, 'the banner has been answered');
  await walk.look(page, 'account-center');

  await j.press(page, 'Create account');
  await j.on(page, 'Create account');
  await j.fill(page, { 'Account name': '', 'Time zone': 'UTC' });
  await j.press(page, 'Create account');
  await j.errors(page, { name: 'Type a name.' });
  await walk.look(page, 'account-center-new-account');
  await j.fill(page, { 'Account name': `West Clinic ${side}` });
  await j.press(page, 'Create account');
  await j.sees(page, 'The account has been made.');
  await j.myAccount(page, 'Account Center');
  await j.sees(page, '3 accounts');
  await page.getByRole('searchbox').fill('west');
  await page.keyboard.press('Enter');
  await j.row(page, `West Clinic ${side}`).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await j.press(page, `Take out West Clinic ${side}`);
  await j.on(page, `Take West Clinic ${side} out of the account center?`);
  await walk.look(page, 'account-center-unlink');
  await j.press(page, `Take out West Clinic ${side}`);
  await j.sees(page, 'The account stands alone again.');
  await j.follow(page, 'Add an account');
  await j.on(page, 'Add an account');
  await walk.look(page, 'account-center-link');
  await j.press(page, `Add West Clinic ${side}`);
  await j.sees(page, 'The account has been added.');
  const center = page.url().replace(/\/accounts\/.*/, '').split('?')[0];
  await page.goto(`${center}/settings`);
  await j.on(page, 'Settings');
  await walk.look(page, 'account-center-settings');
  await page.goto(`${center}/activity`);
  await j.on(page, 'Activity');
  await j.sees(page, 'made the account center');
  await walk.look(page, 'account-center-activity');

  await page.goto('/accounts');
  await j.on(page, 'Choose an account');
  await walk.look(page, 'account-choose');
  await page.goto(page.url());
  await j.follow(page, `Agency ${side} Account Center`);
  await j.on(page, 'Accounts');
});

j.journey('C-05 C-10 C-11 C-12 S2 executive administrators are invited, promoted and ended', house, async (walk, way) => {
  const { page, side } = await agency(walk, way, 'nell');
  await makeCenter(page, side);
  await j.press(page, 'Make me executive administrator');
  await j.on(page, 'Make yourself executive administrator?');
  await j.press(page, 'Make me executive administrator');
  await j.sees(page, 'You are an executive administrator now.');
  const center = new URL(page.url()).pathname;

  await page.goto(`${center}/users`);
  await j.on(page, 'Users');
  await j.row(page, 'Nora Quinn').getByText('Executive administrator').waitFor();
  await walk.look(page, 'center-users');
  await j.follow(page, 'Executive administrators');
  await j.on(page, 'Executive administrators');
  await walk.look(page, 'executives');
  await j.press(page, 'Create executive administrator');
  await j.on(page, 'Create executive administrator');
  assert.ok(await page.getByLabel('All accounts').isChecked(), 'selected by itself');
  await j.fill(page, { 'First name': 'Eve', 'Last name': '', 'Email address': 'eve' });
  await j.press(page, 'Send invitation');
  await walk.look(page, 'executive-new-error');
  const eve = walk.address('eve');
  await j.fill(page, { 'Last name': 'Exec', 'Email address': eve });
  await j.press(page, 'Send invitation');
  await j.sees(page, 'The invitation is on its way.');
  const hers = await walk.stranger();
  await hers.goto(String(await walk.link(eve)));
  await j.on(hers, `Join Agency ${side}`);
  await walk.look(hers, 'invitation-executive');
  await j.fill(hers, { 'Choose a password': j.password });
  await j.press(hers, 'Accept the invitation');
  await hers.waitForURL(/\/accounts\//);
  await hers.goto('/accounts');
  await j.sees(hers, `South Clinic ${side}`);
  await j.follow(hers, new RegExp(`South Clinic ${side}`));
  await j.on(hers, 'Hello Eve');
  const south = new URL(hers.url()).pathname;

  await page.goto(`${center}/users?q=eve`);
  await j.follow(page, 'Eve Exec');
  await j.on(page, 'Eve Exec');
  await walk.look(page, 'center-person');
  await page.getByRole('switch').click();
  await j.on(page, 'End Eve Exec as executive administrator?');
  await j.sees(page, `South Clinic ${side}`);
  await walk.look(page, 'executive-end');
  await j.choose(page, 'They keep only what they have there by themselves');
  await j.press(page, 'End it');
  await j.sees(page, 'They are an executive administrator no more.');
  await j.again(hers);
  await j.on(hers, /not found|cannot be found|Nothing here/i);

  await page.goto(`${center}/users?q=eve`);
  await j.follow(page, 'Eve Exec');
  await page.getByRole('switch').click();
  await j.on(page, 'Make Eve Exec an executive administrator?');
  await walk.look(page, 'executive-make');
  await j.press(page, 'Make Eve Exec executive administrator');
  await j.sees(page, 'They are an executive administrator now, in every account.');
  await hers.goto('/accounts');
  await j.sees(hers, `South Clinic ${side}`);

  await hers.goto('/me/access');
  await j.sees(hers, `All accounts of Agency ${side}`);
  await walk.look(hers, 'me-access-executive');
  await page.goto(`${south}/access-reviews`);
  await j.press(page, 'Start a review');
  await j.on(page, /^Access review of/);
  await j.row(page, 'Eve Exec').getByText('Sees everything').waitFor();
  await walk.look(page, 'access-review-executive');
  await page.goto(`${south}/companies/new`);
  await j.fill(page, { 'Company name': `Downtown ${side}`, 'Time zone': 'UTC' });
  await j.press(page, 'Create company');
  await j.sees(page, 'The company has been created.');
  await page.goto(`${south}/users/map`);
  await j.on(page, 'Who has which company');
  await j.row(page, 'Eve Exec').getByText('As executive administrator').waitFor();
  await walk.look(page, 'access-map-executive');
  await page.goto('/accounts');
  await j.follow(page, new RegExp(`North Clinic ${side}`));
  await page.goto(`${new URL(page.url()).pathname}/users`);
  await j.follow(page, 'Eve Exec');
  await j.press(page, 'Suspend user');
  await j.on(page, 'Suspend Eve Exec?');
  await j.sees(page, `They still have full access to this account, as an executive administrator of Agency ${side}`);
  await walk.look(page, 'user-suspend-executive');
  await j.press(page, 'Suspend user');
  await j.sees(page, 'They still have full access here');

  await page.goto(`${center}/settings`);
  await j.press(page, 'Dissolve the account center');
  await j.on(page, `Dissolve Agency ${side}?`);
  await j.sees(page, 'There are other executive administrators.');
  await walk.look(page, 'account-center-dissolve-not');
  await j.press(page, 'Executive administrators');
  await j.on(page, 'Executive administrators');
  await page.goto(`${center}/users?q=eve`);
  await j.follow(page, 'Eve Exec');
  await page.getByRole('switch').click();
  await j.on(page, 'End Eve Exec as executive administrator?');
  await j.choose(page, 'They keep only what they have there by themselves');
  await j.press(page, 'End it');
  await j.sees(page, 'They are an executive administrator no more.');
  await page.goto(`${center}/settings`);
  await j.press(page, 'Dissolve the account center');
  await j.on(page, `Dissolve Agency ${side}?`);
  await walk.look(page, 'account-center-dissolve');
  await j.press(page, 'Dissolve the account center');
  await j.sees(page, 'The account center is gone.');
});
