// Looking at everybody's access, deciding person by person, and the maps of who has what.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** Account settings > Access review > a review of everybody. */
async function begin(page) {
  await j.myAccount(page, 'Account settings');
  await j.on(page, 'Account settings');
  await page.locator('main').getByRole('link', { name: /^Access review/ }).click();
  await j.on(page, 'Access review');
  await j.press(page, 'Start a review');
  await j.on(page, /^Access review of/);
}

j.journey('U-23 an access review is begun, decided person by person and carried out', house, async (walk, way) => {
  const [keep, lower, gone] = ['kim', 'lena', 'mara'].map((name) => walk.address(name));
  const page = await walk.user('Kim', 'Stone', keep, 'reporting');
  await walk.user('Lena', 'Vogt', lower, 'administrator');
  await walk.user('Mara', 'Quist', gone, 'manager', { company: ['Harbor Dental', 'Riverside Movers'] });
  const colleague = await walk.accept(gone);
  await walk.accept(lower);

  await page.goto(`${house.home}/access-reviews`);
  await j.choose(page, 'Only those who were not here');
  await j.fill(page, { 'For how many days\\?': 'soon' });
  await j.press(page, 'Start a review');
  await j.errors(page, { idle_days: 'Type a number between 1 and 730.' });
  await walk.look(page, 'access-reviews-error');

  await begin(page);
  await walk.look(page, 'access-review');
  const row = (address) => j.row(page, address);
  await row(lower).getByText('Sees everything').waitFor();
  await row(lower).getByText('Too early to say').waitFor();
  assert.equal(await row(j.owner.email).getByRole('link', { name: /^Decide/ }).count(), 0, 'others decide on oneself');
  await j.press(page, 'Keep the access of Kim Stone', row(keep));
  await j.sees(page, 'Saved.');
  assert.equal(await row(keep).count(), 0, 'what is decided has left this tab');

  await j.press(page, 'Decide on Lena Vogt', row(lower));
  await j.on(page, 'What about the access of Lena Vogt?');
  await j.isDialog(page, way);
  await walk.look(page, 'access-review-decide');
  await j.press(page, 'Save the decision');
  await j.errors(page, { decision: 'Choose what becomes of their access.' });
  await walk.look(page, 'access-review-decide-error');
  await j.choose(page, 'Lower to reporting');
  await j.fill(page, { Why: 'Reads reports, nothing else' });
  await j.press(page, 'Save the decision');
  await j.on(page, /^Access review of/);
  await j.press(page, 'Decide on Mara Quist', row(gone));
  await j.on(page, 'What about the access of Mara Quist?');
  await j.choose(page, 'Delete');
  await j.press(page, 'Save the decision');
  await j.tab(page, 'To be changed');
  await walk.look(page, 'access-review-changes');
  await j.press(page, 'Change the decision on Mara Quist', row(gone));
  await j.on(page, 'What about the access of Mara Quist?');
  await j.choose(page, 'Suspend');
  await j.press(page, 'Save the decision');
  await j.on(page, /^Access review of/);

  await j.press(page, 'Finish');
  await j.on(page, 'Finish the access review?');
  await page.getByText('What it does').first().click();
  await walk.look(page, 'access-review-finish');
  await j.go(colleague, house.home);
  await j.on(colleague, 'Hello Mara');
  await j.press(page, 'Finish the review');
  await j.sees(page, 'The access review is finished.');
  await j.sees(page, 'What was done can be undone');
  await walk.look(page, 'access-review-finished');
  await row(lower).getByText('Done').waitFor();
  await row(lower).getByText('Reads reports, nothing else').waitFor();
  await j.again(colleague);
  await j.on(colleague, 'You may not do this');

  const table = await page.context().request.get(new URL(page.url()).pathname + '/outcome.csv');
  assert.match(await table.text(), new RegExp(`"Lena Vogt","${lower}","administrator","no","active","all",.*,"reporting","Reads reports, nothing else","Dana Reyes"`));
  await j.follow(page, 'Lena Vogt', row(lower));
  await j.on(page, 'Lena Vogt');
  await page.getByText('Reporting').first().waitFor();
  await page.getByRole('link', { name: /^Undo/ }).first().waitFor();
  await page.goto(`${house.home}/access-reviews`);
  await walk.look(page, 'access-reviews');
  await page.goto(`${house.home}/activity`);
  await j.sees(page, 'finished an access review');
});

j.journey('P-15 maps show who has which company, and one’s own access', house, async (walk) => {
  const address = walk.address('nils');
  const page = await walk.user('Nils', 'Ostergaard-Lindqvist', address, 'manager', { company: ['Harbor Dental', 'Riverside Movers'] });
  const colleague = await walk.accept(address);
  await j.openUsers(page);
  await j.press(page, 'Map');
  await j.on(page, 'Who has which company');
  await page.getByRole('img', { name: /^Picture/ }).waitFor();
  await walk.look(page, 'access-map');
  await j.row(page, 'Nils').first().getByText('Harbor Dental').first().waitFor();
  await page.getByRole('link', { name: 'Nils Ostergaard-Lindqvist' }).first().click();
  await j.on(page, /^What Nils/);

  await colleague.goto('/me/access');
  await j.on(colleague, 'My Profile');
  await walk.look(colleague, 'access-map-own');
  await colleague.getByRole('img', { name: /^Picture of your access/ }).waitFor();
  await j.row(colleague, j.accountName).getByText('Riverside Movers').waitFor();
});
