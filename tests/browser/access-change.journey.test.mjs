// Access that is deleted, suspended or ends: shown before, holding at once, and undone.

import assert from 'node:assert/strict';

import { column, notes, open } from './access.mjs';
import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-11 U-22 a deletion is undone: they are exactly where they were', house, async (walk, way) => {
  const address = walk.address('hugo');
  const page = await walk.user('Hugo', 'Lang', address, 'manager', { company: ['Harbor Dental', 'Riverside Movers'] });
  const colleague = await walk.accept(address);
  await j.openUsers(page);
  await j.press(page, 'Delete Hugo Lang', j.row(page, address));
  await j.on(page, 'Delete Hugo Lang?');
  await j.isDialog(page, way);
  await walk.look(page, 'delete-manager');
  await j.sees(page, 'You can undo this for 30 days under Users, Deleted.');
  assert.match(await column(page, 'Loses'), /Companies lost: Harbor Dental, Riverside Movers/);
  assert.ok((await notes(page)).includes('Nobody is told of this change by email.'));
  await j.press(page, 'Delete Hugo Lang');
  await j.sees(page, 'The user has been deleted. Their access ended at once.');
  await walk.look(page, 'users-after-deletion');
  await page.getByRole('status').getByRole('link', { name: 'See deleted users' }).click();
  await j.row(page, address).waitFor();
  const id = await j.row(page, address).getByRole('link', { name: /^Undo/ }).getAttribute('href');
  await page.goto(`${house.home}/${id.replace('/undo', '')}`);
  await j.on(page, 'Hugo Lang');
  await j.sees(page, 'Hugo Lang has been deleted already.');
  await walk.look(page, 'user-deleted');
  await page.locator('main').getByRole('link', { name: 'Undo' }).waitFor();
  await page.goto(`${house.home}/users`);
  await j.again(colleague);
  await j.on(colleague, 'There is nothing here');

  await j.tab(page, 'Deleted');
  await j.sees(page, 'Whoever is deleted stands here for 30 days.');
  await walk.look(page, 'users-deleted');
  const row = j.row(page, address);
  assert.equal(await row.getByRole('link', { name: 'Hugo Lang', exact: true }).count(), 0, 'there is nothing to edit');
  await j.press(page, 'Undo the deletion of Hugo Lang', j.row(page, address));
  await j.on(page, 'Undo for Hugo Lang: deleted');
  await j.isDialog(page, way);
  await walk.look(page, 'undo');
  await j.sees(page, 'Dana Reyes did this on');
  assert.match(await column(page, 'Gains'), /Companies gained: Harbor Dental, Riverside Movers/);
  await j.press(page, 'Undo');
  await j.sees(page, 'Undone. Everything is as it was before.');
  await j.go(colleague, house.home);
  await j.on(colleague, 'Hello Hugo');
  await j.sees(colleague, 'Riverside Movers');
});

j.journey('U-20 P-19 suspended and restored', house, async (walk, way) => {
  const address = walk.address('ines');
  const page = await walk.user('Ines', 'Prado', address, 'reporting');
  const colleague = await walk.accept(address);
  await open(page, house, address, 'Ines Prado');
  await j.press(page, 'Suspend user');
  await j.on(page, 'Suspend Ines Prado?');
  await j.isDialog(page, way);
  await walk.look(page, 'suspend');
  assert.ok((await notes(page)).some((note) => note.startsWith('They can’t sign in to this account any more')));
  await j.press(page, 'Suspend user');
  await j.sees(page, 'The user has been suspended. Their access ended at once.');
  await j.sees(page, 'This user is suspended: no access, no alerts, no emails.');
  await walk.look(page, 'user-suspended');
  await j.again(colleague);
  await j.on(colleague, 'You may not do this');
  await j.sees(colleague, 'Your access to this account is switched off');

  await page.goto(`${house.home}/users`);
  assert.equal(await j.row(page, address).count(), 0);
  await j.tab(page, 'Suspended');
  await walk.look(page, 'users-suspended');
  await j.press(page, 'Restore Ines Prado', j.row(page, address));
  await j.on(page, 'Restore Ines Prado?');
  await j.isDialog(page, way);
  await walk.look(page, 'restore');
  await j.press(page, 'Restore user');
  await j.sees(page, 'The user has been restored.');
  await j.go(colleague, house.home);
  await j.on(colleague, 'Hello Ines');
});

j.journey('U-21 a last day is set, changed and taken away', house, async (walk, way) => {
  const address = walk.address('jan');
  const page = await walk.user('Jan', 'Otte', address, 'manager');
  await walk.accept(address);
  await open(page, house, address, 'Jan Otte');
  await j.press(page, 'Set a last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  await j.isDialog(page, way);
  await walk.look(page, 'last-day');
  await j.sees(page, 'The administrators get an email a week before');
  await j.press(page, 'Set the last day');
  await j.errors(page, { ends_on: 'Choose a day.' });
  await j.fill(page, { 'Last day': '2020-01-31' });
  await j.press(page, 'Set the last day');
  await j.errors(page, { ends_on: 'Choose a day that lies ahead.' });
  await walk.look(page, 'last-day-error');
  await j.fill(page, { 'Last day': '2098-06-30' });
  await j.press(page, 'Set the last day');
  await j.sees(page, 'The last day has been set.');
  await j.sees(page, 'Access ends by itself after 30 Jun 2098.');
  await walk.look(page, 'user-last-day');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByText('until 30 Jun 2098').waitFor();
  await walk.look(page, 'users-last-day');

  await open(page, house, address, 'Jan Otte');
  await j.press(page, 'Change the last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  assert.equal(await page.locator('#ends_on').inputValue(), '2098-06-30');
  await j.fill(page, { 'Last day': '2099-12-31' });
  await j.press(page, 'Set the last day');
  await j.sees(page, 'Access ends by itself after 31 Dec 2099.');
  await j.press(page, 'Change the last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  await j.press(page, 'No last day');
  await j.sees(page, 'The last day has been removed.');
  assert.equal(await page.getByText('Access ends by itself').count(), 0);
});

j.journey('U-17 U-22 what was overtaken meanwhile is not done', house, async (walk) => {
  const address = walk.address('olga');
  const page = await walk.user('Olga', 'Lind', address, 'manager');
  await walk.accept(address);
  await open(page, house, address, 'Olga Lind');
  await j.press(page, 'Delete user');
  await j.on(page, 'Delete Olga Lind?');
  // Somebody else is quicker.
  const other = await walk.administrator();
  await open(other, house, address, 'Olga Lind');
  await j.press(other, 'Promote to administrator');
  await j.on(other, 'Promote Olga Lind to administrator?');
  await j.press(other, 'Promote to administrator');
  await j.sees(other, 'The user has been promoted.');
  await j.press(page, 'Delete Olga Lind');
  await j.sees(page, 'Nothing was done: somebody changed this meanwhile');
  await j.on(page, 'Delete Olga Lind?');
  await walk.look(page, 'overtaken');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByText('Administrator').waitFor();

  // An undo that somebody else has done already.
  await open(page, house, address, 'Olga Lind');
  await j.press(page, 'Undo: promoted to administrator');
  await j.on(page, 'Undo for Olga Lind: promoted to administrator');
  await open(other, house, address, 'Olga Lind');
  await j.press(other, 'Undo: promoted to administrator');
  await j.on(other, 'Undo for Olga Lind: promoted to administrator');
  await j.press(other, 'Undo');
  await j.sees(other, 'Undone.');
  await j.press(page, 'Undo');
  await j.sees(page, 'There is nothing to undo here');

  // Two who suspend the same person.
  for (const one of [page, other]) {
    await open(one, house, address, 'Olga Lind');
    await j.press(one, 'Suspend user');
    await j.on(one, 'Suspend Olga Lind?');
  }
  await j.press(other, 'Suspend user');
  await j.sees(other, 'The user has been suspended.');
  await j.press(page, 'Suspend user');
  await j.sees(page, 'Olga Lind is already suspended.');
  await walk.look(page, 'already-suspended');
});
