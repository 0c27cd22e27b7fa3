// An administrator sees the account as one of its users does, and nothing more.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('A-09 X-33 an administrator sees the account as a manager does, and ends it', house, async (walk) => {
  const mia = walk.address('mia');
  await walk.user('Mia', 'Okafor', mia, 'manager', { company: ['Harbor Dental'] });
  const own = await walk.accept(mia);
  // With a session of their own: who sees as somebody else leaves theirs, and comes back to another one.
  const page = await walk.stranger();
  await page.goto('/sign-in');
  await j.fill(page, { 'Email address': j.owner.email, Password: j.password });
  await j.press(page, 'Sign in');
  await page.waitForURL(/\/accounts/);
  await page.goto(`${house.home}/users?q=${encodeURIComponent(mia)}`);
  const user = (await page.content()).match(/users\/(USR\w+)/)[1];
  await page.goto(`${house.home}/users/${user}`);
  await j.follow(page, 'See the account as they do');
  await j.on(page, /See the account as .*Mia Okafor/);
  await walk.look(page, 'see-as');
  await j.press(page, 'Begin');
  await j.errors(page, { reason: 'Type why you need to see the account as them.' });
  await page.locator('#reason').fill('She asked why a company is missing');
  await j.press(page, 'Begin');
  await j.sees(page, 'You see this account as');
  await j.on(page, 'Hello Mia');
  await walk.look(page, 'see-as-home');
  assert.equal(await j.status(page, `${house.home}/users`), 403);
  await page.goto('/me/sessions');
  await j.on(page, 'You only look');
  await walk.look(page, 'see-as-only-look');
  await page.goto(house.home);
  await j.press(page, 'End');
  await j.on(page, /Mia Okafor|Hello Dana/);
  assert.equal(await page.getByText('You see this account as').count(), 0);
  assert.equal(await j.status(page, `${house.home}/users`), 200);

  await own.goto('/me/access');
  await j.sees(own, 'Who has seen an account as you');
  await j.sees(own, 'She asked why a company is missing');
  await walk.look(own, 'see-as-told');
});
