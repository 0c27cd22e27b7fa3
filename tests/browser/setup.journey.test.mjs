// The newcomer's way: no mail server yet, only the links that the program prints.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';
import { startRollcall } from './server.mjs';

const house = j.furnish({ mail: false, account: false });

j.journey('I-07 U-01 U-03 set-up by the printed link, and the first colleague without a mail server', house, async (walk, way) => {
  // An installation is set up once: each way has its own.
  const rollcall = await startRollcall();
  walk.house = { ...house, url: rollcall.url, seen: (house.seen ??= new Set()) };
  try {
    await newcomer(walk, way, rollcall);
  } finally {
    await rollcall.stop();
  }
});

async function newcomer(walk, way, rollcall) {
  const page = await walk.stranger();
  const setupLink = await rollcall.setupLink();
  await page.goto(setupLink);
  await j.on(page, 'Set up Rollcall');
  await walk.look(page, 'setup');
  await j.fill(page, { 'Account name': '', 'Time zone': 'Nowhere', 'First name': 'Dana', Password: 'short' });
  await j.press(page, 'Create the account');
  await j.errors(page, {
    account_name: 'Type a name.',
    time_zone: 'Choose a time zone from the list, like America/New_York.',
    last_name: 'Type the last name.',
    email: 'Type the email address.',
    password: 'Use at least 12 characters. Three or four unrelated words do well.',
  });
  await walk.look(page, 'setup-error');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Dana');
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'Nowhere');
  await j.fill(page, {
    'Account name': j.accountName,
    'Time zone': 'America/New_York',
    'Last name': 'Reyes',
    'Email address': j.owner.email,
    Password: j.password,
  });
  await j.press(page, 'Create the account');
  await j.on(page, 'Hello Dana');
  await j.sees(page, 'Good first steps');
  await walk.look(page, 'home-first');

  const late = await walk.stranger();
  await late.goto(setupLink);
  await j.on(late, 'This set-up link does not work');
  await walk.look(late, 'setup-closed');

  // Nobody but the administrator: lists that are empty, or nearly.
  await j.openUsers(page);
  await walk.look(page, 'users-one');
  await j.tab(page, 'Pending invitations');
  await j.sees(page, 'No pending invitations');
  await walk.look(page, 'users-pending-none');
  await j.myAccount(page, 'All companies');
  await j.sees(page, 'No companies yet');
  await walk.look(page, 'companies-none');
  // A user who needs a company, before there is one: the step that asks for the type says what to do first.
  await j.openUsers(page);
  await j.press(page, 'Create User');
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.choose(page, 'Reporting');
  await j.press(page, 'Next: User Info');
  await j.errors(page, { user_type: 'This account has no active company yet. Create one first, then come back.' });
  await walk.look(page, 'new-2-companies-none');
  await j.follow(page, 'Create company');
  await j.on(page, 'Create company');
  await j.fill(page, { 'Company name': 'Harbor Dental' });
  await j.press(page, 'Create company');
  await j.sees(page, 'The company has been created.');

  const home = new URL(page.url()).pathname.replace('/companies', '');
  const html = await (await page.context().request.get(`${home}/companies`)).text();
  const [, company] = html.match(/companies\/(COM\w+)"/);
  const form = { agent: 'no', user_type: 'reporting', first_name: 'Noor', last_name: 'Aziz', email: 'noor@localsync.example', company };
  assert.equal((await page.context().request.post(`${home}/users`, { form })).status(), 200);

  // The mails are kept, and the operator's link shows them.
  const operator = await walk.stranger();
  await operator.goto(await rollcall.operatorLink());
  await j.on(operator, 'Mails');
  await j.sees(operator, 'No mail server is set');
  const kept = j.row(operator, 'noor@localsync.example').getByText('Kept');
  // The worker takes the mail up a moment after the answer.
  for (const late = Date.now() + 10_000; !(await kept.isVisible()) && Date.now() < late; ) await operator.reload();
  await kept.waitFor();
  await walk.look(operator, 'mails');
  // None was refused, and none was delivered either.
  await j.follow(operator, 'Not delivered');
  await j.sees(operator, 'No mail is delivered: all are kept');
  await walk.look(operator, 'mails-undelivered-kept');
  await j.follow(operator, 'All');
  await j.row(operator, 'noor@localsync.example').getByRole('link').first().click();
  await j.on(operator, /Dana Reyes invited you/);
  await walk.look(operator, 'mail');
  const text = await operator.locator('pre').innerText();
  const colleague = await walk.stranger();
  await j.go(colleague, text.match(/http:\S+\/invitations\/\S+/)[0]);
  await j.fill(colleague, { 'Choose a password': j.password });
  await j.press(colleague, 'Accept the invitation');
  await j.on(colleague, 'Hello Noor');
  assert.equal(await j.status(colleague, '/operator/mails'), 404, 'mails are the operator’s alone');
}
