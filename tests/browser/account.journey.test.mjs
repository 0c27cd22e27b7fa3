// Companies, account settings, and the activity that tells of all that was done.

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
  await j.errors(page, { name: 'This name is taken in this account. Choose a different one.' });
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
  await walk.user('Lena', 'Ortiz', walk.address('lena'), 'reporting', { company: [`${name} &#38; Pets`] });

  await j.press(page, `Manage ${renamed}`);
  await j.follow(page, 'Disable');
  await j.on(page, `Disable ${renamed}?`);
  await j.isDialog(page, way);
  await j.sees(page, '1 user no longer sees it.');
  await j.sees(page, '1 user has no other company in use');
  await j.sees(page, '1 user who has it has not accepted the invitation yet.');
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
  await j.openUsers(page);
  await j.press(page, 'Delete Ivana Hall', j.row(page, address));
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
  assert.match(rows[places.at(-1)], /User type: Reporting .*Companies: Harbor Dental/, 'in words, not in codes');
});
