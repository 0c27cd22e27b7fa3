// Creating many users from one list: what becomes of each row, the job, the report.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

const list = (walk) => `email;first name;last name;type;companies;agent;shoe size
${walk.address('omar')};Omar;Farah;manager;"Harbor Dental;Riverside Movers";yes;44
${walk.address('keiko')};Keiko;Nakamura;agent;Riverside Movers;;
${walk.address('amira')};Amira;Haddad;Administrator;;;
${walk.address('front-desk')};Front desk;;notification;Harbor Dental;;
${walk.address('OMAR')};Omar;Twice;reporting;Harbor Dental;;
${j.owner.email};Dana;Reyes;reporting;Harbor Dental;;
nobody;${'Maximiliane Konstantina Seraphina '.repeat(2)};de la Cruz;owner;Harbour Dental;perhaps;
${walk.address('nour')};نور الهدى;عبد الرحمن;agent;Maple Grove Roofing;;
`;

async function begin(walk) {
  const page = await walk.administrator();
  await j.openUsers(page);
  await j.press(page, 'Create many');
  await j.on(page, 'Create many users');
  return page;
}

/** Presses the button that begins it, and waits for the end; without scripts a person asks how far it is. */
async function untilDone(page, { javascript }) {
  const done = page.getByRole('heading', { level: 1, name: / created$/ });
  for (let tries = 0; !javascript && tries < 50 && !(await done.count()); tries += 1) {
    await page.waitForTimeout(200);
    await page.reload();
  }
  await done.waitFor({ timeout: 60_000 });
}

j.journey('U-19 X-20 many users from one list: bad rows first, nothing lost, a report that can be brought in again', house, async (walk, way) => {
  const page = await begin(walk);
  await walk.look(page, 'job-new');
  await j.press(page, 'Check the list');
  await j.errors(page, { text: 'There is no row in this list. Paste one person a line.' });
  await walk.look(page, 'job-new-empty');
  const text = list(walk);
  if (way.javascript) {
    // With a mark at its beginning, and lines as another system ends them.
    const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`) };
    await page.getByLabel('Choose a file').setInputFiles({ ...file, buffer: Buffer.alloc(1_000_001, 'x') });
    await j.sees(page, 'This file is larger than 1 MB.');
    await walk.look(page, 'job-new-too-large');
    await page.getByLabel('Choose a file').setInputFiles(file);
    await page.waitForFunction(() => document.getElementById('text').value.includes('Keiko'));
  } else {
    assert.equal(await page.getByLabel('Choose a file').isVisible(), false);
    await page.getByLabel('List of users').fill(text);
  }
  await j.press(page, 'Check the list');
  await j.on(page, 'What will become of the list');
  await j.sees(page, '4 users will be created');
  await j.sees(page, '2 rows are left as they are');
  await j.sees(page, '2 rows can’t be used');
  await j.sees(page, 'These columns are not used: shoe size.');
  const results = page.locator('tbody tr');
  assert.match(await results.first().innerText(), /Not created[\s\S]*no email address[\s\S]*“owner” is no user type/);
  await walk.look(page, 'job-preview');
  assert.equal(await page.getByLabel('List of users').isVisible(), false);
  await page.getByText('Correct the list').click();
  const field = page.getByLabel('List of users');
  await field.fill((await field.inputValue()).replace('Maple Grove Roofing', 'Harbor Dental'));
  await walk.look(page, 'job-preview-correct');
  await j.press(page, 'Check again');
  await j.sees(page, '5 users will be created');
  await j.press(page, 'Create 5 users');
  await untilDone(page, way);
  await page.locator('.tabs .count', { hasText: '8' }).waitFor();
  await walk.look(page, 'job-done');
  await page.locator('.tabs').getByRole('link', { name: /^Not created/ }).click();
  await page.waitForURL(/show=refused/);
  await j.sees(page, 'Maximiliane');
  assert.equal(await results.count(), 1);
  await walk.look(page, 'job-refused');

  const link = await page.getByRole('link', { name: 'Download the report' }).getAttribute('href');
  const answer = await page.context().request.get(link);
  assert.match(answer.headers()['content-disposition'], /attachment; filename="users-report\.csv"/);
  const report = await answer.text();
  assert.equal(report.split('\r\n').length, 10);
  assert.match(report, /"Created"/);

  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await j.row(page, walk.address('omar')).getByText('Harbor Dental').waitFor();
  await walk.link(walk.address('keiko'));
  const letters = (await house.mail.all()).filter((mail) => mail.to.includes(walk.address('omar')));
  assert.equal(letters.length, 1);

  await page.goto(`${house.home}/jobs/new`);
  await page.getByLabel('List of users').fill(report);
  await j.press(page, 'Check the list');
  await j.errors(page, { '': 'Nobody here can be created. Correct what is wrong, and check again.' });
  await j.sees(page, 'Invited already');
  assert.equal(await page.getByRole('button', { name: /^Create/ }).count(), 0);
  await walk.look(page, 'job-preview-nothing');
  await page.goto(`${house.home}/jobs`);
  await j.on(page, 'Lists of users');
  await walk.look(page, 'jobs');
});

j.journey('U-19 X-31 a long list: pages of rows, more than a young account may invite, and the rest cancelled', house, async (walk, way) => {
  const page = await begin(walk);
  const rows = (type, count) => Array.from({ length: count }, (_, n) => `${walk.address(`many${n}`)},Kim,Ito ${n},${type},Harbor Dental`);
  await page.getByLabel('List of users').fill(rows('manager', 101).join('\n'));
  await j.press(page, 'Check the list');
  await page.getByRole('alert').getByText(/needs 101 invitations, and this account may send \d+ more today/).waitFor();
  await walk.look(page, 'job-preview-too-many');
  await page.getByRole('button', { name: 'More rows' }).click();
  await j.sees(page, 'Rows 51 to 100 of 101');
  await page.getByRole('button', { name: 'More rows' }).click();
  await j.sees(page, 'Rows 101 to 101 of 101');
  await page.getByRole('button', { name: 'Rows before' }).click();
  await j.sees(page, 'Rows 51 to 100 of 101');

  await page.goto(`${house.home}/jobs/new`);
  // Typing so much takes a browser long.
  await page.getByLabel('List of users').evaluate((box, text) => { box.value = text; }, rows('notification', 5000).join('\n'));
  await j.press(page, 'Check the list');
  await j.sees(page, '5,000 users will be created');
  await j.press(page, 'Create 5,000 users');
  await j.on(page, 'Creating users');
  const bar = page.getByRole('progressbar');
  const value = async () => Number(await bar.getAttribute('value'));
  const first = await value();
  if (way.javascript) await page.waitForFunction((before) => document.querySelector('progress').value > before, first);
  else await j.follow(page, 'Show how far it is now');
  await walk.look(page, 'job-running');
  await j.press(page, 'Cancel the rest');
  await j.on(page, 'The list was cancelled');
  await j.sees(page, 'Cancelled. Who has been created stays.');
  await page.locator('.facts').getByText('Not done').waitFor();
  await walk.look(page, 'job-cancelled');
});

j.journey('U-19 an empty list to be filled in', house, async (walk) => {
  const page = await begin(walk);
  await page.getByText('How a list is written').click();
  await j.sees(page, 'At most 5,000 rows and 1 MB.');
  await walk.look(page, 'job-new-help');
  const answer = await page.context().request.get(`${house.home}/jobs/new/template.csv`);
  assert.match(await answer.text(), /^\ufeff?"email","first_name","last_name","type","companies","agent","display_name"\r\n$/);
});
