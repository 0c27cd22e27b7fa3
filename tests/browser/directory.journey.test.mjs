// A customer's directory: turned on, its token shown once, a group mapped, tokens ended, and turned off again.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

async function scim(page, token, method, path, body) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' };
  const answer = await page.request.fetch(`/scim/v2${path}`, { method, headers, data: body && JSON.stringify(body) });
  return [answer.status(), answer.status() === 204 ? null : await answer.json()];
}

j.journey('A-08 a directory makes a user, and a group that is mapped gives them companies', house, async (walk, way) => {
  const page = await walk.administrator();
  await page.goto(page.url().replace(/(\/accounts\/[^/]+).*/, '$1/settings'));
  await page.locator('main a[href$="/directory"]').click();
  await j.on(page, 'Directory');
  await walk.look(page, 'directory-new');
  await j.press(page, 'Turn provisioning on');
  await page.locator('#name-error').waitFor();
  await j.fill(page, { 'What the directory is called': 'Okta' });
  await j.press(page, 'Turn provisioning on');
  await j.on(page, 'A token for the directory');
  const token = (await page.locator('pre.code').nth(1).innerText()).trim();
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  await walk.look(page, 'directory-made');

  const address = `natalie.${way.width}@localsync.example`;
  const person = { userName: address, name: { givenName: 'Natalie', familyName: 'Ford' } };
  const [made, user] = await scim(page, token, 'POST', '/Users', person);
  assert.equal(made, 201);
  const [kept] = await scim(page, token, 'POST', '/Groups', { displayName: 'Call staff', members: [{ value: user.id }] });
  assert.equal(kept, 201);

  await j.follow(page, 'I have copied it');
  await j.sees(page, 'Gives nothing');
  await page.getByRole('link', { name: 'Map Call staff' }).click();
  await j.on(page, 'Call staff');
  await walk.look(page, 'directory-group');
  await page.getByLabel('Reporting').check();
  await j.press(page, 'Save changes');
  await page.locator('#company-error').waitFor();
  await page.getByLabel('Harbor Dental').check();
  await j.press(page, 'Save changes');
  await j.on(page, 'Directory');
  await j.sees(page, 'Harbor Dental');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await j.on(page, 'A token for the directory');
  await j.follow(page, 'I have copied it');
  await walk.look(page, 'directory');
  await page.goto(page.url().replace('/directory', '/activity'));
  await j.sees(page, 'Directory (Okta)');
  await walk.look(page, 'directory-activity');

  await page.goto(page.url().replace('/activity', '/directory'));
  await page.getByRole('link', { name: /^End the token/ }).first().click();
  await j.sees(page, 'The other token goes on.');
  await walk.look(page, 'directory-end-token');
  await j.press(page, 'End the token');
  await j.sees(page, 'The token opens nothing any more.');
  assert.equal((await scim(page, token, 'GET', '/Users'))[0], 401);
  await j.follow(page, 'Turn provisioning off');
  await j.sees(page, 'Its groups, and what they give, are forgotten.');
  await walk.look(page, 'directory-off');
  await j.press(page, 'Turn provisioning off');
  await j.sees(page, 'Provisioning is off.');
});
