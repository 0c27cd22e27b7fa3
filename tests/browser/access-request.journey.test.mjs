// Somebody who has a place in another account cannot be invited; they ask for access themselves, and are let in or not.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import * as j from './journey.mjs';
import { built } from './server.mjs';

const house = j.furnish();

/** An account of its own, made at the command line, with its administrator at their home page. */
async function elsewhere(walk, name, address) {
  const args = ['account', 'create', '--name', `${name} Ltd`, '--admin-email', address, '--admin-first-name', name, '--admin-last-name', 'Novak'];
  const env = { ...process.env, ROLLCALL_DATA_DIR: house.rollcall.data, ROLLCALL_BASE_URL: house.url, ...house.mail.env };
  await promisify(execFile)(built, args, { env });
  const page = await walk.stranger();
  await page.goto(String(await walk.link(address)));
  await j.on(page, `Join ${name} Ltd`);
  await j.fill(page, { 'Choose a password': j.password });
  await j.press(page, 'Accept the invitation');
  await j.on(page, `Hello ${name}`);
  return page;
}

/** The wizard, with an address that is in the system already. */
async function refused(page, address) {
  await j.openUsers(page);
  await j.press(page, 'Create User');
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.choose(page, 'Manager');
  await j.press(page, 'Next: User Info');
  await j.fill(page, { 'First name': 'Zoe', 'Last name': 'Novak', 'Email address': address });
  await j.press(page, 'Next: Companies');
  await page.getByText('This address belongs to an account outside your account center.').first().waitFor();
}

j.journey('U-15 U-16 already in the system: they ask for access, and are in', house, async (walk) => {
  const address = walk.address('zoe');
  const zoe = await elsewhere(walk, 'Zoe', address);
  const page = await walk.administrator();
  await refused(page, address);
  await walk.look(page, 'new-3-info-elsewhere');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Zoe', 'nothing is lost');
  await j.press(page, 'Send them the request link');
  await j.sees(page, 'The link is on its way to them.');

  const link = await walk.link(address, 'access-request');
  assert.match(link.message.text, /work there, too/);
  const stranger = await walk.stranger();
  await stranger.goto(String(link));
  await j.on(stranger, 'Sign in');
  await j.sees(stranger, 'Sign in to ask for access.');
  await walk.look(stranger, 'sign-in-to-ask');

  await zoe.goto(String(link));
  await j.sees(zoe, `You follow the request link of ${j.accountName}.`);
  await walk.look(zoe, 'access-request-by-link');
  await j.fill(zoe, { Message: 'I do the books for you since May.\nhttps://evil.example' });
  await j.press(zoe, 'Ask for access');
  await j.sees(zoe, 'Your request is on its way.');
  await j.sees(zoe, 'An account, by its request link');
  await walk.look(zoe, 'access-requests-own');

  // The mail leads to the request, and decides nothing.
  const request = await walk.link(j.owner.email, 'accounts');
  assert.match(request.message.text, /asks for access to LocalSync Marketing/);
  await j.openUsers(page);
  await walk.look(page, 'users-with-requests');
  await j.tab(page, 'Access requests');
  await j.row(page, address).waitFor();
  await walk.look(page, 'access-requests');
  await page.goto(String(request));
  await j.on(page, 'Zoe Novak asks for access');
  await walk.look(page, 'access-request');
  await j.press(page, 'Approve');
  await page.getByText('Choose a user type.').first().waitFor();
  await walk.look(page, 'access-request-error');
  await j.choose(page, 'Manager', 'Harbor Dental');
  await j.press(page, 'Approve');
  await j.sees(page, 'They have access from now on.');
  await house.mail.next(address);
  await zoe.goto(house.home);
  await j.on(zoe, 'Hello Zoe');
  await j.sees(zoe, 'Harbor Dental');
});

j.journey('U-16 a request is declined with a reason, and taken off the list', house, async (walk) => {
  const address = walk.address('omar');
  const omar = await elsewhere(walk, 'Omar', address);
  await j.myAccount(omar, 'My Profile');
  await omar.goto('/me/access-requests');
  await walk.look(omar, 'access-requests-none');
  await j.press(omar, 'Ask for access');
  await omar.getByText('Type the account’s number, its request link').first().waitFor();
  await walk.look(omar, 'access-requests-error');
  await j.fill(omar, { Account: j.owner.email, Message: 'Please' });
  await j.press(omar, 'Ask for access');
  await j.sees(omar, j.owner.email);

  const page = await walk.administrator();
  await house.mail.next(j.owner.email);
  await page.goto(`${house.home}/users/access-requests`);
  await j.press(page, 'Decide about Omar Novak', j.row(page, address));
  await j.on(page, 'Omar Novak asks for access');
  await j.fill(page, { Reason: 'We work with Zoe already.' });
  await j.press(page, 'Decline');
  await j.sees(page, 'The request has been declined.');
  await walk.look(page, 'access-requests-empty');
  assert.match((await house.mail.next(address)).text, /> We work with Zoe already/);
  await omar.goto('/me/access-requests');
  await j.sees(omar, 'Reason: We work with Zoe already.');
  await walk.look(omar, 'access-requests-declined');
  await j.press(omar, `Remove the request to ${j.owner.email}`);
  await j.sees(omar, 'The request had been declined. It is off your list now.');
});

j.journey('U-16 Account settings: number, request link, and no more requests', house, async (walk) => {
  const page = await walk.administrator();
  await j.myAccount(page, 'Account settings');
  await j.on(page, 'Account settings');
  await j.press(page, /^Make a (new )?request link$/);
  await j.sees(page, 'The account has a new request link.');
  await walk.look(page, 'account-settings');
  const box = page.getByLabel('Let people ask for access to this account');
  await box.uncheck();
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  assert.equal(await box.isChecked(), false);
  await box.check();
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
});
