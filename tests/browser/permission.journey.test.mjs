// What each type may do, why somebody may or may not, and that an open page learns of what changed.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

const user = async (page, address, tab = 'active') => {
  await page.goto(`${house.home}/users?tab=${tab}`);
  const href = await j.row(page, address).getByRole('rowheader').getByRole('link').getAttribute('href');
  return new URL(href, page.url()).pathname;
};

j.journey('P-14 P-16 P-20 the matrix, from My Account', house, async (walk) => {
  const address = walk.address('mona');
  await walk.user('Mona', 'Lind', address, 'manager', { agent: 'yes' });
  const page = await walk.accept(address);
  const panel = await j.openMyAccount(page);
  await j.follow(page, 'What each user type may do', panel);
  await j.on(page, 'What each user type may do');
  const rung = page.getByRole('row', { name: /Be rung, queued/ });
  assert.equal(await rung.locator('td').nth(1).innerText().then((text) => text.trim()), 'Yes', 'her own column, with the flag');
  await j.sees(page, 'do not mention the product');
  await walk.look(page, 'permissions');
});

j.journey('P-18 why somebody may not do something, and the smallest change', house, async (walk) => {
  const address = walk.address('priya');
  const page = await walk.user('Priya', 'Shah', address, 'reporting');
  const priya = await user(page, address, 'pending');
  await page.goto(`${priya}/access`);
  await j.on(page, 'What Priya Shah may do, and where');
  await j.sees(page, 'Has not accepted the invitation');
  await walk.look(page, 'access-pending');
  await walk.accept(address);
  await j.again(page);
  await walk.look(page, 'access');
  await page.getByRole('row', { name: /Harbor Dental/ }).getByRole('link', { name: 'Yes' }).nth(1).click();
  await j.on(page, 'Why may Priya Shah do something, or not?');
  await j.sees(page, 'Allowed: the user type reporting includes it, and they have Harbor Dental.');
  await walk.look(page, 'explain-allowed');
  await page.getByLabel('What is it about?').selectOption({ label: 'Create, edit and disable tracking numbers and call flows' });
  await page.getByLabel('Where?').selectOption({ label: 'Riverside Movers' });
  await j.press(page, 'Explain');
  await j.sees(page, 'Not allowed: the user type reporting does not include it.');
  const steps = page.getByRole('list').filter({ hasText: 'Promote them to manager' });
  assert.deepEqual(
    await steps.getByRole('link').allInnerTexts().then((texts) => texts.map((text) => text.replace(/^\d\s*/, ''))),
    ['Promote them to manager', 'Give them the company Riverside Movers'],
  );
  await walk.look(page, 'explain-refused');
  await j.follow(page, /Promote them to manager/);
  await j.on(page, /^Promote Priya Shah to manager\?$/);
  // Of an administrator all companies, present and future, stand on top.
  await page.goto(`${await user(page, j.owner.email)}/access`);
  await page.getByRole('row', { name: /All companies, present and future/ }).waitFor();
  await walk.look(page, 'access-administrator');
});

j.journey('P-17 a refusal names what is missing and who can give it', house, async (walk) => {
  const address = walk.address('rita');
  await walk.user('Rita', 'Moss', address, 'reporting');
  const page = await walk.accept(address);
  await page.goto(`${house.home}/users`);
  await j.on(page, 'You may not do this');
  await j.sees(page, 'Create, change and delete users');
  await j.sees(page, `${j.owner.first} ${j.owner.last} can give it to you.`);
  await walk.look(page, 'refused');
});

j.journey('P-19 an open page learns of what has changed', house, async (walk, { javascript }) => {
  if (!javascript) return;
  const address = walk.address('ned');
  const page = await walk.user('Ned', 'Park', address, 'reporting');
  const ned = await walk.accept(address);
  await j.on(ned, 'Hello Ned');
  await ned.waitForTimeout(300);
  await page.goto(`${house.home}/users`);
  const line = page.locator('#changed');
  await page.waitForTimeout(300);
  assert.equal(await line.isVisible(), false);
  const other = await walk.user('Una', 'Cole', walk.address('una'), 'notification');
  await line.waitFor({ state: 'visible', timeout: 2_000 });
  await walk.look(page, 'list-changed');
  await line.getByRole('link', { name: 'Reload' }).click();
  await j.row(page, walk.address('una')).waitFor();
  assert.equal(await line.isVisible(), false);
  // Ned's own page shows what he may do now, without a click of his.
  const path = await user(other, address);
  await j.go(other, `${path}/promote/manager`);
  await j.press(other, 'Promote to Manager');
  await ned.getByText('Manager').first().waitFor({ timeout: 3_000 });
});
