// Keys for programs: made by the password, shown once, tried on the API's page, ended.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('A-07 I-02 a key is made, shown once, tried on the API’s page, and ended', house, async (walk, way) => {
  const page = await walk.administrator();
  await page.goto('/me/api-keys');
  await j.follow(page, 'Create an API key');
  await j.on(page, 'Create an API key');
  await walk.look(page, 'api-key-new');
  await j.fill(page, { 'Name of the key': 'Nightly export', 'Present password': 'not my password' });
  await j.press(page, 'Create the key');
  await j.errors(page, { password: 'This is not the present password. Type it again.' });
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Create the key');
  await j.on(page, 'Your new API key');
  const key = (await page.locator('pre.code').first().innerText()).trim();
  assert.match(key, /^[A-Za-z0-9_-]{43}$/);
  await walk.look(page, 'api-key-made');
  const copy = page.getByRole('button', { name: 'Copy' });
  if (way.javascript) {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await copy.click();
    await j.sees(page, 'Copied.');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
  } else {
    assert.equal(await copy.count(), 0, 'a click into the key selects it');
  }
  // A name is once: a page that is loaded again makes no second key.
  await page.goto('/me/api-keys/new');
  await j.fill(page, { 'Name of the key': 'Nightly export', 'Present password': j.password });
  await j.press(page, 'Create the key');
  await page.locator('#name-error').waitFor();

  await page.goto('/me/api');
  await j.on(page, 'API');
  const list = page.locator('details.api-operation').filter({ has: page.locator('code', { hasText: /^\/v3\/a\.json$/ }) });
  await list.locator('summary').click();
  await list.getByText('Fields to be added').waitFor();
  if (way.javascript) {
    await list.getByRole('button', { name: 'Send' }).click();
    await j.sees(page, 'Give your key at the top of the page first.');
    await page.getByLabel('Your key').fill(key);
    await list.getByRole('button', { name: 'Send' }).click();
    await list.locator('[role=status]', { hasText: '"accounts"' }).waitFor();
  }
  await walk.look(page, 'api');

  await page.goto('/me/api-keys');
  await walk.look(page, 'api-keys');
  // It ends programs: it is asked first, and whoever thinks better of it has lost nothing.
  await page.getByRole('link', { name: 'End the key Nightly export' }).click();
  await j.sees(page, 'This can’t be undone.');
  await j.sees(page, way.javascript ? 'Last used:' : 'Never used until now.');
  await walk.look(page, 'api-key-end');
  await j.follow(page, 'Cancel');
  await page.getByRole('link', { name: 'End the key Nightly export' }).click();
  await j.sees(page, 'This can’t be undone.');
  await j.press(page, 'End the key Nightly export');
  await j.sees(page, 'The key has been ended.');
  const refused = await page.request.get('/v3/a.json', { headers: { Authorization: `Token token=${key}` } });
  assert.equal(refused.status(), 401);
});

// Each walk makes a key of its own: a name is one key's.
let round = 0;
j.journey('A-07 a key is narrowed to a company and to rights, renamed, and ended by an administrator', house, async (walk) => {
  round += 1;
  const page = await walk.administrator();
  await page.goto('/me/api-keys/new');
  await j.on(page, 'Create an API key');
  await j.fill(page, { 'Name of the key': `Call archive ${round}`, 'Present password': j.password });
  // What can be ticked is there as soon as it counts, and not before.
  assert.equal(await page.locator('input[name=company]').first().isVisible(), false);
  await page.getByLabel('Only some companies').check();
  await page.getByLabel('Only some of it').check();
  await j.press(page, 'Create the key');
  await j.sees(page, 'Choose at least one company.');
  await j.sees(page, 'Choose at least one thing it may do.');
  await walk.look(page, 'api-key-nothing-chosen');
  await page.locator('input[name=company]').first().check();
  await page.locator('input[name=capability][value=read_calls]').check();
  await page.getByLabel('Only reads').check();
  await j.fill(page, { 'Present password': j.password });
  await j.press(page, 'Create the key');
  await j.on(page, 'Your new API key');
  const key = (await page.locator('pre.code').first().innerText()).trim();
  await page.goto('/me/api-keys');
  await j.follow(page, `Call archive ${round}`);
  await walk.look(page, 'api-key-show');
  await j.fill(page, { 'Name of the key': `Archive ${round}` });
  await j.press(page, 'Save changes');
  await j.sees(page, `Archive ${round}`);

  const account = await page.request.get('/v3/a.json', { headers: { Authorization: `Token token=${key}` } });
  const { accounts: [{ id }] } = await account.json();
  await page.goto(`/accounts/${id}/settings`);
  await page.getByRole('link', { name: /^API keys/ }).click();
  await j.on(page, 'API keys');
  await walk.look(page, 'api-key-list');
  await page.getByRole('link', { name: new RegExp(`^End the key .?Archive ${round}.? of `) }).click();
  await j.sees(page, 'is told by email.');
  await walk.look(page, 'api-key-end-in');
  await j.press(page, `End the key Archive ${round}`);
  await j.sees(page, 'The key has been ended.');
  await walk.look(page, 'api-key-list-ended');
  const refused = await page.request.get('/v3/a.json', { headers: { Authorization: `Token token=${key}` } });
  assert.equal(refused.status(), 401);
});
