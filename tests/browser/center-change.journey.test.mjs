// A person of an account center is changed in several accounts at once: chosen, shown, done, and undone in one of them
// (C-08); who is invited to several accounts joins them by one link (C-06).

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

/** Whoever runs an account center of three accounts, and its address. */
async function agency(walk, side) {
  const address = walk.address('nora');
  const page = await walk.stranger();
  for (const place of ['East', 'North', 'South']) {
    account(`${place} Clinic ${side}`, address);
    await page.goto(String(await walk.link(address)));
    await j.on(page, `Join ${place} Clinic ${side}`);
    if (place === 'East') await j.fill(page, { 'Choose a password': j.password });
    await j.press(page, /^(Accept the invitation|Join the account)$/);
    await page.waitForURL(/\/accounts\//);
  }
  await page.goto('/account-centers/new');
  await j.fill(page, { 'Name of the account center': `Agency ${side}` });
  await j.choose(page, `East Clinic ${side}`, `North Clinic ${side}`, `South Clinic ${side}`);
  await j.press(page, 'Set up an account center');
  await j.press(page, 'Make me executive administrator');
  await j.on(page, 'Make yourself executive administrator?');
  await j.press(page, 'Make me executive administrator');
  await j.sees(page, 'You are an executive administrator now.');
  return { page, center: new URL(page.url()).pathname };
}

/** Invites somebody to the East Clinic as an administrator. */
async function invite(page, side, first, email) {
  await page.goto('/accounts');
  await j.follow(page, new RegExp(`East Clinic ${side}`));
  await page.goto(`${new URL(page.url()).pathname}/users/new`);
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.choose(page, 'Administrator');
  await j.press(page, 'Next: User Info');
  await j.fill(page, { 'First name': first, 'Last name': 'Ode', 'Email address': email });
  await j.press(page, 'Next: Message');
  await j.press(page, 'Create User');
  await j.on(page, `${first} Ode has been created`);
}

const to = (page, account, wanted) =>
  page.getByLabel(`Change to, in ${account}`).selectOption({ label: wanted });

j.journey('C-08 C-06 a person is changed in several accounts, seen before it is done', house, async (walk, way) => {
  const side = way.javascript ? 'on' : 'off';
  const { page, center } = await agency(walk, side);
  const [east, north, south] = ['East', 'North', 'South'].map((place) => `${place} Clinic ${side}`);
  const address = walk.address('kim');
  await invite(page, side, 'Kim', address);
  const single = String(await walk.link(address));
  await page.goto(`${center}/users?q=kim`);
  await j.follow(page, 'Kim Ode');
  await j.on(page, 'Kim Ode');
  await j.press(page, 'Change in several accounts');
  await j.on(page, /Change what .*Kim Ode.* is where/);
  await j.press(page, 'Show what it does');
  await j.sees(page, 'Choose for at least one account.');
  await walk.look(page, 'center-change-nothing');

  // Without companies nobody can be a manager: named beside the account, and nothing is done.
  await to(page, north, 'Administrator');
  await to(page, south, 'Manager');
  await walk.look(page, 'center-change');
  await j.press(page, 'Show what it does');
  await j.on(page, /What changes for .*Kim Ode/);
  await j.sees(page, 'In 1 account it can’t be done, so nothing is done yet.');
  assert.equal(await page.getByRole('button', { name: 'Make these changes' }).count(), 0);
  await walk.look(page, 'center-change-refused');
  await j.press(page, 'Back');
  await j.on(page, /Change what .*Kim Ode.* is where/);
  assert.match(await page.getByLabel(`Change to, in ${south}`).inputValue(), /manager$/, 'nothing is lost');
  await to(page, south, 'Administrator');

  // What is chosen is kept over a search.
  await page.getByRole('searchbox').fill('east');
  await j.press(page, 'Filter');
  await j.row(page, east).waitFor();
  await j.sees(page, '2 accounts on other pages are chosen too.');
  await j.press(page, 'Show what it does');
  await j.sees(page, 'Added as administrator');
  await walk.look(page, 'center-change-preview');
  await j.press(page, 'Make these changes');
  await j.on(page, 'Kim Ode');
  for (const name of [east, north, south]) await j.row(page, name).waitFor();

  // One mail for the two, and one step joins them.
  const theirs = await walk.stranger();
  const link = String(await walk.link(address));
  assert.notEqual(link, single);
  await theirs.goto(link);
  await j.on(theirs, new RegExp(`Join .*Agency ${side}`));
  await j.sees(theirs, north);
  await j.sees(theirs, south);
  await walk.look(theirs, 'invitation-bundle');
  await j.fill(theirs, { 'Choose a password': j.password });
  await j.press(theirs, 'Accept the invitation');
  await theirs.waitForURL(/\/accounts$/);
  await j.sees(theirs, north);
  await j.sees(theirs, south);

  // Out of one: what is lost is shown, and gone at once.
  await page.goto(`${center}/users?q=kim`);
  await j.follow(page, 'Kim Ode');
  await j.press(page, 'Change in several accounts');
  await to(page, north, 'Remove from the account');
  await j.press(page, 'Show what it does');
  await j.sees(page, 'Removed from the account');
  await walk.look(page, 'center-change-remove');
  await j.press(page, 'Make these changes');
  await j.on(page, 'Kim Ode');
  assert.equal(await j.row(page, north).count(), 0);
  await theirs.goto('/accounts');
  assert.equal(await theirs.getByText(north).count(), 0, 'gone at once');

  // Undone there, everything is as it was before.
  await page.goto('/accounts');
  await j.follow(page, new RegExp(north));
  await page.goto(`${new URL(page.url()).pathname}/users`);
  await j.tab(page, 'Deleted');
  await j.press(page, 'Undo the deletion of Kim Ode', j.row(page, address));
  await j.on(page, 'Undo for Kim Ode: deleted');
  await j.press(page, 'Undo');
  await j.sees(page, 'Undone. Everything is as it was before.');
  await theirs.goto('/accounts');
  await j.sees(theirs, north);

  // Oneself is an executive administrator: said, with the way to the switch.
  await page.goto(`${center}/users?q=nora`);
  await j.follow(page, 'Nora Quinn');
  await j.press(page, 'Change in several accounts');
  await j.sees(page, 'is an executive administrator and has every account through the center');
  await walk.look(page, 'center-change-executive');
  await to(page, east, 'Remove from the account');
  await j.press(page, 'Show what it does');
  await walk.look(page, 'center-change-own');

  // Who has joined an account outside meanwhile is named before anything is done (U-15).
  const moved = walk.address('lee');
  await invite(page, side, 'Lee', moved);
  await walk.link(moved);
  account(`Outside Clinic ${side}`, moved);
  await theirs.goto(String(await walk.link(moved)));
  await j.press(theirs, 'Sign out');
  await j.fill(theirs, { 'Choose a password': j.password });
  await j.press(theirs, /^(Accept the invitation|Join the account)$/);
  await theirs.waitForURL(/\/accounts\//);
  await page.goto(`${center}/users?q=lee`);
  await j.follow(page, 'Lee Ode');
  await j.press(page, 'Change in several accounts');
  await to(page, north, 'Administrator');
  await j.press(page, 'Show what it does');
  await j.sees(page, 'This address belongs to an account outside your account center.');
  await walk.look(page, 'center-change-elsewhere');
});
