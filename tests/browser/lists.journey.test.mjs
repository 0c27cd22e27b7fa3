// A list of many users: search, filters, sorting, pages; long names, and names that run from right to left.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import * as j from './journey.mjs';
import { built } from './server.mjs';

const data = mkdtempSync(join(tmpdir(), 'rollcall-lists-'));
const seeded = ['--accounts', '1', '--users-per-account', '120', '--companies-per-account', '24'];
const { login, password, account } = JSON.parse(
  execFileSync(`${built}-seed`, seeded, { env: { ...process.env, ROLLCALL_DATA_DIR: data }, encoding: 'utf8' }),
);
const home = `/accounts/${account}`;
const house = j.furnish({ mail: false, account: false, data });
after(() => rmSync(data, { recursive: true, force: true }));

const long = {
  first: 'Maximiliane-Theodora Konstantina Seraphina Aurelia Philomena',
  last: 'von Hohenstaufen-Wittelsbach-Oettingen und Schwarzenberg',
  email: 'maximiliane.theodora.konstantina.von.hohenstaufen.wittelsbach@very-long-names.localsync.example',
};
const rtl = { first: 'نور الهدى', last: 'عبد الرحمن', email: 'nour@localsync.example' };

async function signedIn(walk) {
  const page = await walk.stranger();
  if (!house.session) {
    await page.goto('/sign-in');
    await j.fill(page, { 'Email address': login, Password: password });
    await j.press(page, 'Sign in');
    await page.waitForURL(/\/accounts\//);
    house.session = (await page.context().storageState()).cookies.filter((cookie) => cookie.name === 'session');
    const html = await (await page.context().request.get(`${home}/companies`)).text();
    const ids = [...html.matchAll(/companies\/(COM\w+)" dir/g)].map(([, id]) => id);
    for (const { first, last, email } of [long, rtl]) {
      const form = new URLSearchParams({ agent: 'no', user_type: 'notification', first_name: first, last_name: last, email, display_name: '' });
      for (const id of ids.slice(0, 9)) form.append('company', id);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await page.context().request.post(`${home}/users`, { headers, data: form.toString() });
      assert.match(answer.url(), /\/created$/);
    }
  }
  await page.context().addCookies(house.session);
  await page.goto(`${home}/users`);
  await j.on(page, /^Users$/);
  return page;
}

const names = (page) => page.locator('tbody th > :first-child').allInnerTexts();
/** Without scripts a form is sent by its button; with them the list follows what is typed and chosen. */
const apply = (page, { javascript }) => (javascript ? undefined : j.press(page, 'Filter'));

j.journey('U-05 a list of many: pages on and back', house, async (walk) => {
  const page = await signedIn(walk);
  await page.locator('.tabs .count', { hasText: '118' }).waitFor();
  await walk.look(page, 'users-many');
  const first = await names(page);
  assert.equal(first.length, 50);
  const pages = page.getByRole('navigation', { name: 'Pages of this list' });
  assert.equal(await pages.getByRole('link', { name: 'Previous' }).count(), 0);
  await pages.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL(/after=/);
  await pages.getByRole('link', { name: 'Previous' }).waitFor();
  const second = await names(page);
  await pages.getByRole('link', { name: 'Next' }).click();
  await pages.getByRole('link', { name: 'Next' }).waitFor({ state: 'detached' });
  const third = await names(page);
  const all = [...first, ...second, ...third];
  assert.equal(all.length, 118);
  await pages.getByRole('link', { name: 'Previous' }).click();
  await pages.getByRole('link', { name: 'Next' }).waitFor();
  assert.deepEqual(await names(page), second);
  await page.goBack();
  await pages.getByRole('link', { name: 'Next' }).waitFor({ state: 'detached' });
  assert.deepEqual(await names(page), third, 'the browser’s own way back');
});

j.journey('U-05 a list of many: search, filters that live in the address, and none left over', house, async (walk, way) => {
  const page = await signedIn(walk);
  await page.getByLabel('User type').selectOption({ label: 'Agent' });
  await apply(page, way);
  await page.locator('.chip', { hasText: 'Type: Agent' }).waitFor();
  assert.equal((await names(page)).length, 12);
  await walk.look(page, 'users-filtered');
  const company = await page.getByLabel('Company', { exact: true }).locator('option').nth(4).innerText();
  await page.getByLabel('Company', { exact: true }).selectOption({ label: company });
  await apply(page, way);
  await page.locator('.chip', { hasText: company }).waitFor();
  await page.locator('.chip', { hasText: 'Type: Agent' }).waitFor();
  assert.match(page.url(), /type=agent/);
  assert.match(page.url(), /company=COM/);
  await j.again(page);
  await page.locator('.chip', { hasText: company }).waitFor();
  await page.locator('.chip', { hasText: 'Type: Agent' }).click();
  await page.locator('.chip', { hasText: 'Type: Agent' }).waitFor({ state: 'detached' });
  await j.follow(page, 'Clear all filters');
  await page.locator('.chip').first().waitFor({ state: 'detached' });
  assert.equal((await names(page)).length, 50);
  await page.getByRole('searchbox').fill('hohenstaufen');
  await apply(page, way);
  await page.locator('.chip', { hasText: 'hohenstaufen' }).waitFor();
  assert.deepEqual(await names(page), [`${long.first} ${long.last}`]);
  await walk.look(page, 'users-long-name');
  await page.getByRole('searchbox').fill('نور');
  await apply(page, way);
  await page.locator('.chip', { hasText: 'نور' }).waitFor();
  assert.deepEqual(await names(page), [`${rtl.first} ${rtl.last}`]);
  await walk.look(page, 'users-right-to-left');
  await page.getByRole('searchbox').fill('nobody of this name');
  await apply(page, way);
  await j.sees(page, 'Nobody matches');
  await walk.look(page, 'users-no-match');
});

// Seen to fail: with the field left hidden.
j.journey('U-05 P-18 a long list of companies to choose one from is narrowed by typing; without scripts it is whole', house, async (walk, way) => {
  const page = await signedIn(walk);
  const box = page.getByRole('textbox', { name: 'Filter companies' });
  const company = page.getByLabel('Company', { exact: true });
  const shown = async () => (await company.locator('option').allInnerTexts()).map((text) => text.trim());
  assert.equal((await shown()).length, 25);
  assert.equal(await box.count(), way.javascript ? 1 : 0);
  await walk.look(page, 'users-companies');
  if (way.javascript) {
    await box.fill('harbor');
    const found = await shown();
    assert.deepEqual(found.slice(1), ['Kowalski Real Estate Harbor', 'Kowalski Real Estate Harbor 23']);
    await walk.look(page, 'users-companies-matching');
    await company.selectOption({ index: 2 });
    await page.locator('.chip', { hasText: found[2] }).waitFor();
    await page.locator('h1').click();
    assert.equal((await shown()).length, 25, 'whole again');
    assert.equal(await box.inputValue(), '');
    assert.equal(await company.evaluate((select) => select.selectedOptions[0].text), found[2]);
    await box.fill('nothing of the kind');
    assert.deepEqual(await shown(), [found[2]], 'what is chosen stays');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal((await shown()).length, 25);
  }
  await page.goto(`${home}/users?q=nour`);
  await j.row(page, rtl.email).locator('th a').click();
  await page.waitForURL(/USR/);
  await j.follow(page, 'Why may they do something, or not?');
  await page.waitForURL(/explain/);
  assert.equal(await box.count(), way.javascript ? 1 : 0);
  if (way.javascript) await box.fill('harbor 23');
  await walk.look(page, 'explain-companies-matching');
});

j.journey('U-05 a list of many: sorted both ways', house, async (walk) => {
  const page = await signedIn(walk);
  const header = page.locator('thead').getByRole('link', { name: 'Name' });
  const up = await names(page);
  assert.equal(await page.locator('th[aria-sort]').getAttribute('aria-sort'), 'ascending');
  await header.click();
  await page.locator('th[aria-sort="descending"]').waitFor();
  const down = await names(page);
  assert.notDeepEqual(down, up);
  assert.match(down[0], /عبد|Zoe|Yusuf|Zhang|Young/);
  await page.locator('thead').getByRole('link', { name: 'Last active' }).click();
  await page.waitForURL(/sort=-?(active|activity|last)/);
});

j.journey('U-17 long and right-to-left names on the pages of one user; many companies to choose from', house, async (walk, way) => {
  const page = await signedIn(walk);
  for (const [who, name] of [[long, 'user-long-name'], [rtl, 'user-right-to-left']]) {
    await page.goto(`${home}/users?q=${encodeURIComponent(who.email.split('@')[0].split('.')[0])}`);
    await j.row(page, who.email).locator('th a').click();
    await j.on(page, `${who.first} ${who.last}`);
    await walk.look(page, name);
  }
  await j.press(page, 'Delete user');
  await j.on(page, /^Delete /);
  await walk.look(page, 'delete-right-to-left');
  await page.goto(`${home}/users?q=nour`);
  await j.row(page, rtl.email).locator('th a').click();
  // Twenty-four companies: the list has a filter of its own.
  const filter = page.getByRole('searchbox', { name: 'Filter companies' });
  const boxes = page.locator('.pick-list li:visible');
  assert.equal(await boxes.count(), 24);
  await filter.fill('harbor 23');
  if (!way.javascript) await j.press(page, 'Filter');
  await j.on(page, `${rtl.first} ${rtl.last}`);
  await boxes.nth(1).waitFor({ state: 'detached' });
  assert.deepEqual(await boxes.allInnerTexts(), ['Kowalski Real Estate Harbor 23']);
  const box = boxes.first().getByRole('checkbox');
  await box.setChecked(!(await box.isChecked()));
  await filter.fill('');
  await j.press(page, 'Save changes');
  await j.on(page, /^Save what changes for /);
  await walk.look(page, 'review-right-to-left');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
});

j.journey('A-05 the activity of many is searched, narrowed, and had as a file', house, async (walk) => {
  const page = await signedIn(walk);
  await j.myAccount(page, 'Activity');
  await j.on(page, 'Activity');
  await walk.look(page, 'activity-many');
  await page.getByRole('searchbox').fill(rtl.email);
  await page.getByLabel('What it is about').selectOption({ label: 'Users and their access' });
  await j.press(page, 'Filter');
  await j.sees(page, 'About: Users and their access');
  const rows = await page.locator('table.activity tbody tr').allInnerTexts();
  assert.ok(rows.length && rows.every((row) => row.includes(rtl.first)), 'what was done to them alone');
  await walk.look(page, 'activity-narrowed');
  const { href } = await page.getByRole('link', { name: 'Download as JSON Lines' }).evaluate(({ href }) => ({ href }));
  const lines = (await (await page.request.get(href)).text()).trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.length, rows.length);
  assert.equal(lines.at(-1).verb, 'user.created');

  // A name in the list asks for what they did and what was done to them.
  await page.locator('table.activity tbody a').last().click();
  await page.locator('.chip', { hasText: /^.*Of / }).waitFor();
  await j.follow(page, 'Clear all filters');
  await page.getByLabel('Until').fill('2001-01-01');
  await j.press(page, 'Filter');
  await j.sees(page, 'Nothing matches');
  await walk.look(page, 'activity-nothing');
});
