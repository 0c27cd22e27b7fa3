// Create Users at an account center, S0 step by step: type, people, accounts, password, what becomes of each person in
// each account, and the review; and the same from a list.

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

/** Somebody with an account center of two accounts, at its dashboard; each account has the companies. */
async function center(walk, way, name, companies = ['Harbor Dental']) {
  const side = way.javascript ? 'on' : 'off';
  const address = walk.address(name);
  const page = await walk.stranger();
  const places = ['North', 'South'].map((place) => `${place} ${name} ${side}`);
  for (const [at, place] of places.entries()) {
    account(place, address);
    await page.goto(String(await walk.link(address)));
    if (at === 0) await j.fill(page, { 'Choose a password': j.password });
    await j.press(page, /^(Accept the invitation|Join the account)$/);
    await page.waitForURL(/\/accounts\//);
    const home = new URL(page.url()).pathname.match(/^\/accounts\/[^/]+/)[0];
    for (const company of companies) {
      await page.goto(`${home}/companies/new`);
      await j.fill(page, { 'Company name': company, 'Time zone': 'UTC' });
      await page.locator('form button.primary').last().click();
      await page.waitForURL(/\/companies(\?|$|\/COM)/);
    }
  }
  await page.goto('/account-centers/new');
  await j.fill(page, { 'Name of the account center': `Agency ${name} ${side}` });
  await j.choose(page, ...places);
  await j.press(page, 'Set up an account center');
  await j.press(page, 'Make me executive administrator');
  await j.on(page, 'Make yourself executive administrator?');
  await j.press(page, 'Make me executive administrator');
  await j.sees(page, 'You are an executive administrator now.');
  return { page, places, path: new URL(page.url()).pathname };
}

/** Waits for the end of a job; without scripts a person asks how far it is. */
async function untilDone(page, { javascript }) {
  const done = page.getByRole('heading', { level: 1, name: / created$/ });
  for (let tries = 0; !javascript && tries < 50 && !(await done.count()); tries += 1) {
    await page.waitForTimeout(200);
    await page.reload();
  }
  await done.waitFor({ timeout: 60_000 });
}

/** Fills the fields of the person with this number. */
async function person(page, number, first, last, email) {
  const group = page.getByRole('group', { name: `Person ${number}`, exact: true });
  await group.getByLabel('First name').fill(first);
  await group.getByLabel('Last name').fill(last);
  await group.getByLabel('Email address').fill(email);
}

j.journey('C-06 C-07 S0 several users are created in several accounts', house, async (walk, way) => {
  const { page, places, path } = await center(walk, way, 'nina', ['Harbor Dental', 'Riverside Movers']);
  const [kim, ole] = [walk.address('kim'), walk.address('ole')];
  // 1 to 3
  await page.goto(`${path}/users`);
  await j.on(page, 'Users');
  await walk.look(page, 'center-users-create');
  await j.press(page, 'Create Users');
  await j.on(page, 'What type of user will they be?');
  await walk.look(page, 'center-create-type');
  await j.press(page, 'Next: People');
  await j.errors(page, { user_type: 'Choose a user type.' });
  await j.choose(page, 'Manager');
  await j.press(page, 'Next: People');
  // 4
  await j.on(page, 'Who are the new users?');
  await person(page, 1, 'Kim', '', 'kim');
  await j.press(page, 'Next: Accounts');
  assert.equal(await page.getByRole('alert').getByRole('listitem').count(), 2);
  await walk.look(page, 'center-create-people-error');
  await person(page, 1, 'Kim', 'Ito', kim);
  await j.press(page, 'Add User');
  await person(page, 2, 'Ole', 'Berg', ole);
  await j.press(page, 'Add User');
  const third = page.getByRole('group', { name: 'Person 3', exact: true }).getByLabel('First name');
  await third.waitFor();
  assert.ok(await third.evaluate((field) => field === document.activeElement), 'one goes on at the new person');
  await walk.look(page, 'center-create-people');
  await j.press(page, 'Remove person 3');
  await j.press(page, 'Next: Accounts');
  // 5
  await j.on(page, 'Which accounts will they have access to?');
  await j.press(page, 'Next: Password');
  await j.errors(page, { account: 'Choose at least one account.' });
  await j.choose(page, places[0]);
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill('south');
  await j.press(page, 'Filter');
  await j.sees(page, '1 account that is not shown here is chosen');
  await j.press(page, `Choose companies in ${places[1]}`);
  await j.on(page, `Which companies in ${places[1]}?`);
  await walk.look(page, 'center-create-companies');
  await j.choose(page, 'Riverside Movers');
  await j.press(page, 'Save changes');
  await j.errors(page, { company: 'You ticked companies, but all are chosen above. Choose “Only these companies”, or untick them.' });
  await walk.look(page, 'center-create-companies-error');
  await j.choose(page, 'Only these companies', 'Riverside Movers');
  await j.press(page, 'Save changes');
  await j.sees(page, '1 account that is not shown here is chosen');
  if (way.javascript) {
    await j.sees(page, 'Chosen: 2');
    await page.getByLabel(places[1]).first().uncheck();
    await j.sees(page, 'Chosen: 1');
    await page.getByLabel(places[1]).first().check();
  } else assert.equal(await page.getByText('Chosen:').isVisible(), false, 'nothing that a tick makes untrue');
  await walk.look(page, 'center-create-accounts');
  await j.press(page, 'Next: Password');
  // 6
  await j.on(page, 'How will they get their password?');
  await walk.look(page, 'center-create-password');
  await j.press(page, 'Back');
  await j.sees(page, '1 account that is not shown here is chosen');
  await j.press(page, 'Next: Password');
  await j.press(page, 'Next: Preview');
  await j.on(page, 'Check before they are created');
  await j.sees(page, 'Will be created: 2 people, 4 places');
  await j.sees(page, `In ${places[1]}: Riverside Movers`);
  await j.sees(page, '2 people get one mail each, with a link for all of their accounts');
  await walk.look(page, 'center-create-preview');
  await j.press(page, 'Create Users');
  // 7
  await untilDone(page, way);
  await j.sees(page, 'Next steps');
  await walk.look(page, 'center-create-done');
  await j.press(page, 'Return to User Management');
  await j.on(page, 'Users');
  await j.row(page, 'Kim Ito').getByText('2 not accepted').waitFor();

  const letters = (await house.mail.all()).filter((mail) => mail.to.includes(kim));
  assert.equal(letters.length, 1, 'one mail for both accounts');
  const hers = await walk.stranger();
  await hers.goto(String(await walk.link(kim)));
  await j.fill(hers, { 'Choose a password': j.password });
  await j.press(hers, /^Accept/);
  await hers.waitForURL(/\/accounts/);
  await hers.goto('/accounts');
  for (const place of places) await j.sees(hers, place);
});

j.journey('C-06 S0 the second option: a temporary password for each, which joins all accounts', house, async (walk, way) => {
  const { page, places, path } = await center(walk, way, 'nell');
  const [kim, ole] = [walk.address('kim3'), walk.address('ole3')];
  await page.goto(`${path}/users/new`);
  await j.choose(page, 'Administrator');
  await j.press(page, 'Next: People');
  await person(page, 1, 'Kim', 'Ito', kim);
  await j.press(page, 'Add User');
  await person(page, 2, 'Ole', 'Berg', ole);
  await j.press(page, 'Next: Accounts');
  await j.choose(page, ...places);
  await j.press(page, 'Next: Password');
  await j.on(page, 'How will they get their password?');
  await j.choose(page, 'You set a temporary password for each');
  await walk.look(page, 'center-create-password-temporary');
  await j.press(page, 'Next: Preview');
  await j.on(page, 'Check before they are created');
  const [kims, oles] = [page.getByLabel('Kim Ito'), page.getByLabel('Ole Berg')];
  const given = await kims.inputValue();
  assert.match(given, /^\S{12,}$/);
  assert.notEqual(given, await oles.inputValue());
  await walk.look(page, 'center-create-preview-temporary');
  await oles.fill('short');
  await j.press(page, 'Create Users');
  await j.sees(page, /12 characters/);
  assert.equal(await kims.inputValue(), given, 'what was right is still there');
  assert.notEqual(await oles.inputValue(), 'short');
  await walk.look(page, 'center-create-preview-temporary-error');
  await j.press(page, 'Create Users');
  await untilDone(page, way);

  const { text } = await house.mail.next(kim);
  assert.match(text, /and 1 other account\./);
  assert.ok(!text.includes(given) && !text.includes('/invitations/'), text);
  const hers = await walk.stranger();
  await hers.goto(text.match(/http:\S+\/sign-in/)[0]);
  await j.fill(hers, { 'Email address': kim, Password: given });
  await j.press(hers, 'Sign in');
  await j.on(hers, 'Choose your own password');
  for (const place of places) await j.sees(hers, place);
  await walk.look(hers, 'temporary-password-choose-many');
  await j.fill(hers, { 'Your own password': j.password });
  await j.press(hers, 'Save and join the accounts');
  await hers.waitForURL(/\/accounts/);
  await hers.goto('/accounts');
  for (const place of places) await j.sees(hers, place);
});

j.journey('C-06 C-07 X-20 a list for several accounts: each person in each account, refused ones alone, the report', house, async (walk, way) => {
  const { page, places, path } = await center(walk, way, 'nadia');
  const [kim, ole, nora] = [walk.address('kim2'), walk.address('ole2'), walk.address('nadia')];
  await page.goto(`${path}/users`);
  await j.follow(page, 'Create many');
  await j.on(page, 'Create many users');
  await page.getByText('How a list is written').click();
  await j.sees(page, 'or the word all for every account');
  await walk.look(page, 'center-job-new');
  const link = `${path}/jobs/new/template.csv`;
  assert.match(await (await page.context().request.get(link)).text(), /"email","first_name","last_name","type","accounts"/);
  await page.getByLabel('List of users').fill(`email,first_name,last_name,type,accounts,companies
${kim},Kim,Ito,manager,all,
${ole},Ole,Berg,reporting,${places[0]};Nowhere,Harbor Dental
${nora},Nora,Quinn,administrator,${places[1]},
nobody,${'Maximiliane Konstantina Seraphina '.repeat(2)},de la Cruz,owner,${places[1]},`);
  await j.press(page, 'Check the list');
  await j.on(page, 'What will become of the list');
  await j.sees(page, 'Will be created: 2 people, 3 places');
  await j.sees(page, '1 row is left as it is');
  await j.sees(page, '2 rows can’t be used');
  await walk.look(page, 'center-job-preview');
  await j.press(page, 'Show only what can’t be used');
  assert.equal(await page.locator('tbody tr').count(), 2);
  await walk.look(page, 'center-job-preview-refused');
  await j.press(page, 'Show all');
  assert.equal(await page.locator('tbody tr').count(), 6);
  await j.press(page, 'Create Users');
  await untilDone(page, way);
  await walk.look(page, 'center-job-done');
  const report = await page.getByRole('link', { name: 'Download the report' }).getAttribute('href');
  assert.match(await (await page.context().request.get(report)).text(), /"Nowhere".*"Not created"/);
  await page.goto(`${path}/jobs`);
  await j.on(page, 'Lists of users');
  await walk.look(page, 'center-jobs');
});
