// Changes of a user's access: each is shown before it is made, holds at once, and can be undone.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** Users > the user's name. */
async function open(page, address, name) {
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByRole('link', { name, exact: true }).click();
  await j.on(page, name);
}

/** What stands under a heading of the page that shows a change: "Gains" or "Loses". */
async function column(page, title) {
  const section = page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).last();
  return (await section.innerText()).replace(title, '').trim();
}

/** The sentences below the two columns: what else happens, and which mail goes out. */
const notes = async (page) => (await page.locator('.effects').last().getByRole('listitem').allInnerTexts()).map((text) => text.trim());

j.journey('U-11 U-22 a deletion is undone: they are exactly where they were', house, async (walk, way) => {
  const address = walk.address('hugo');
  const page = await walk.user('Hugo', 'Lang', address, 'manager', { company: ['Harbor Dental', 'Riverside Movers'] });
  const colleague = await walk.accept(address);
  await j.openUsers(page);
  await j.press(page, 'Delete Hugo Lang');
  await j.on(page, 'Delete Hugo Lang?');
  await j.isDialog(page, way);
  await walk.look(page, 'delete-manager');
  await j.sees(page, 'You can undo this for 30 days under Users, Deleted.');
  assert.match(await column(page, 'Loses'), /Companies lost: Harbor Dental, Riverside Movers/);
  assert.ok((await notes(page)).includes('No email is sent.'));
  await j.press(page, 'Delete Hugo Lang');
  await j.sees(page, 'The user has been deleted. Their access ended at once.');
  await colleague.reload();
  await j.on(colleague, 'There is nothing here');

  await j.tab(page, 'Deleted');
  await j.sees(page, 'Whoever is deleted stands here for 30 days.');
  await walk.look(page, 'users-deleted');
  const row = j.row(page, address);
  assert.equal(await row.getByRole('link', { name: 'Hugo Lang', exact: true }).count(), 0, 'there is nothing to edit');
  await j.press(page, 'Undo the deletion of Hugo Lang');
  await j.on(page, 'Undo: deleted');
  await j.isDialog(page, way);
  await walk.look(page, 'undo');
  await j.sees(page, 'Dana Reyes did this on');
  assert.match(await column(page, 'Gains'), /Companies gained: Harbor Dental, Riverside Movers/);
  await j.press(page, 'Undo');
  await j.sees(page, 'Undone. Everything is as it was before.');
  await colleague.goto(house.home);
  await j.on(colleague, 'Hello Hugo');
  await j.sees(colleague, 'Riverside Movers');
});

j.journey('U-20 P-19 suspended and restored', house, async (walk, way) => {
  const address = walk.address('ines');
  const page = await walk.user('Ines', 'Prado', address, 'reporting');
  const colleague = await walk.accept(address);
  await open(page, address, 'Ines Prado');
  await j.press(page, 'Suspend user');
  await j.on(page, 'Suspend Ines Prado?');
  await j.isDialog(page, way);
  await walk.look(page, 'suspend');
  assert.ok((await notes(page)).some((note) => note.startsWith('They can’t sign in to this account any more')));
  await j.press(page, 'Suspend user');
  await j.sees(page, 'The user has been suspended. Their access ended at once.');
  await j.sees(page, 'This user is suspended: no access, no alerts, no emails.');
  await walk.look(page, 'user-suspended');
  await colleague.reload();
  await j.on(colleague, 'You may not do this');
  await j.sees(colleague, 'Your access to this account is switched off');

  await page.goto(`${house.home}/users`);
  assert.equal(await j.row(page, address).count(), 0);
  await j.tab(page, 'Suspended');
  await walk.look(page, 'users-suspended');
  await j.press(page, 'Restore Ines Prado');
  await j.on(page, 'Restore Ines Prado?');
  await j.isDialog(page, way);
  await walk.look(page, 'restore');
  await j.press(page, 'Restore user');
  await j.sees(page, 'The user has been restored.');
  await colleague.goto(house.home);
  await j.on(colleague, 'Hello Ines');
});

j.journey('U-21 a last day is set, changed and taken away', house, async (walk, way) => {
  const address = walk.address('jan');
  const page = await walk.user('Jan', 'Otte', address, 'manager');
  await walk.accept(address);
  await open(page, address, 'Jan Otte');
  await j.press(page, 'Set a last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  await j.isDialog(page, way);
  await walk.look(page, 'last-day');
  await j.sees(page, 'The administrators get an email a week before.');
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

  await open(page, address, 'Jan Otte');
  await j.press(page, 'Change the last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  assert.equal(await page.getByLabel('Last day').inputValue(), '2098-06-30');
  await j.fill(page, { 'Last day': '2099-12-31' });
  await j.press(page, 'Set the last day');
  await j.sees(page, 'Access ends by itself after 31 Dec 2099.');
  await j.press(page, 'Change the last day');
  await j.on(page, 'When does Jan Otte’s access end?');
  await j.press(page, 'No last day');
  await j.sees(page, 'The last day has been removed.');
  assert.equal(await page.getByText('Access ends by itself').count(), 0);
});

j.journey('L-04 U-17 the agent flag is given and taken, each time shown before', house, async (walk) => {
  const address = walk.address('kai');
  const page = await walk.user('Kai', 'Holm', address, 'manager');
  await walk.accept(address);
  await open(page, address, 'Kai Holm');
  const flag = page.getByLabel(/^Agent in Lead Center/);
  await flag.check();
  await j.press(page, 'Save changes');
  await j.on(page, 'Save what changes for Kai Holm?');
  await walk.look(page, 'review-edit');
  assert.match(await column(page, 'Gains'), /Be rung/);
  assert.equal(await column(page, 'Loses'), 'Nothing');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
  await j.row(page, address).getByText('Agent', { exact: true }).waitFor();

  await open(page, address, 'Kai Holm');
  await flag.uncheck();
  await j.press(page, 'Save changes');
  await j.on(page, 'Save what changes for Kai Holm?');
  assert.match(await column(page, 'Loses'), /Be rung/);
  await j.press(page, 'Cancel');
  await j.on(page, 'Kai Holm');
  assert.ok(await flag.isChecked(), 'nothing was saved');
  await flag.uncheck();
  await j.press(page, 'Save changes');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
  assert.equal(await j.row(page, address).getByText('Agent', { exact: true }).count(), 0);

  // Each can be undone, the newest first.
  await open(page, address, 'Kai Holm');
  const recent = page.locator('.recent li');
  assert.equal(await recent.count(), 2);
  assert.equal(await recent.getByRole('link', { name: /^Undo/ }).count(), 1);
  await walk.look(page, 'user-recent');
  await j.press(page, 'Undo: changed');
  await j.on(page, 'Undo: changed');
  await j.press(page, 'Undo');
  await j.sees(page, 'Undone.');
  assert.ok(await flag.isChecked());
});

j.journey('U-10 S1 S3 less for a manager: deleted and added back in one go', house, async (walk, way) => {
  const address = walk.address('lena');
  const page = await walk.user('Lena', 'Vogt', address, 'manager');
  const colleague = await walk.accept(address);
  await open(page, address, 'Lena Vogt');
  assert.equal(await page.getByRole('link', { name: 'Change to reporting' }).count(), 0, 'no free choice');
  await page.getByText('Give a type that allows less').click();
  await walk.look(page, 'user-less');
  await j.sees(page, 'A type only goes up.');
  await j.press(page, 'Delete and add back as reporting');
  await j.on(page, 'Change Lena Vogt to reporting?');
  await j.isDialog(page, way);
  await walk.look(page, 'replace');
  assert.match(await column(page, 'Loses'), /Set up and disable integrations/);
  assert.equal(await column(page, 'Gains'), 'Nothing');
  await j.press(page, 'Delete and add back');
  await j.sees(page, 'The type has been changed. It holds from now on.');
  await page.locator('aside').getByRole('heading', { name: 'Reporting' }).waitFor();
  await colleague.reload();
  await j.on(colleague, 'Hello Lena');
  await colleague.locator('dl').getByText('Reporting').first().waitFor();
});

j.journey('U-10 less for an administrator: they choose which companies they keep', house, async (walk, way) => {
  const address = walk.address('mona');
  const page = await walk.user('Mona', 'Weiss', address, 'administrator');
  const colleague = await walk.accept(address);
  await open(page, address, 'Mona Weiss');
  await page.getByText('Give a type that allows less').click();
  await j.press(page, 'Delete and add back as manager');
  await j.on(page, 'Change Mona Weiss to manager?');
  await j.isDialog(page, way);
  await walk.look(page, 'keep');
  await j.sees(page, 'Administrators have all companies. Choose those that Mona Weiss keeps.');
  await j.press(page, 'Continue');
  await j.sees(page, 'Choose at least one company.');
  await walk.look(page, 'keep-error');
  await j.choose(page, 'Maple Grove Roofing');
  await j.press(page, 'Continue');
  await j.sees(page, 'All companies but those below, and every company added later');
  await walk.look(page, 'replace-administrator');
  assert.match(await column(page, 'Loses'), /Companies kept: Maple Grove Roofing/);
  await j.press(page, 'Delete and add back');
  await j.sees(page, 'The type has been changed.');
  await colleague.goto(house.home);
  await j.sees(colleague, 'Maple Grove Roofing');
  assert.equal(await colleague.getByText('Harbor Dental').count(), 0);
  assert.equal(await j.status(colleague, `${house.home}/users`), 403);
});

j.journey('U-10 S3 with free types any type is one button away', house, async (walk, way) => {
  const address = walk.address('nils');
  const page = await walk.user('Nils', 'Berg', address, 'manager');
  await walk.accept(address);
  await j.myAccount(page, 'Account settings');
  await j.on(page, 'Account settings');
  await page.getByLabel(/^Let administrators give any type/).check();
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
  await walk.look(page, 'settings-free-types');
  await open(page, address, 'Nils Berg');
  await walk.look(page, 'user-free-types');
  await j.press(page, 'Change to reporting');
  await j.on(page, 'Change Nils Berg to reporting?');
  await j.isDialog(page, way);
  await j.press(page, 'Change the type');
  await j.sees(page, 'The type has been changed.');
  await page.locator('aside').getByRole('heading', { name: 'Reporting' }).waitFor();
  await page.goto(`${house.home}/settings`);
  await page.getByLabel(/^Let administrators give any type/).uncheck();
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
});

j.journey('U-12 the last administrator keeps their access, whichever way one tries', house, async (walk) => {
  const page = await walk.administrator();
  await open(page, j.owner.email, 'Dana Reyes');
  await walk.look(page, 'user-last-administrator');
  await page.locator('aside').getByText('This is the last active administrator of the account.').waitFor();
  assert.equal(await page.getByText('Give a type that allows less').count(), 0);
  const own = page.url();
  for (const [change, title] of [['suspend', 'Suspend Dana Reyes?'], ['delete', 'Delete Dana Reyes?'], ['end', 'When does Dana Reyes’s access end?']]) {
    await page.goto(`${own}/${change}`);
    await j.on(page, title);
    await j.sees(page, 'This is the last active administrator of the account. Promote or invite another administrator first.');
    assert.deepEqual(await page.locator('main').getByRole('button').allInnerTexts(), []);
    const form = change === 'end' ? { ends_on: '2099-12-31' } : {};
    const answer = await page.context().request.post(`${own}/${change}`, { form });
    assert.equal(answer.status(), 409, change);
  }
  assert.equal(await j.status(page, `${house.home}/users`), 200);
});

j.journey('U-17 U-22 what was overtaken meanwhile is not done', house, async (walk) => {
  const address = walk.address('olga');
  const page = await walk.user('Olga', 'Lind', address, 'manager');
  await walk.accept(address);
  await open(page, address, 'Olga Lind');
  await j.press(page, 'Delete user');
  await j.on(page, 'Delete Olga Lind?');
  // Somebody else is quicker.
  const other = await walk.administrator();
  await open(other, address, 'Olga Lind');
  await j.press(other, 'Promote to administrator');
  await j.on(other, 'Promote Olga Lind to administrator?');
  await j.press(other, 'Promote to administrator');
  await j.sees(other, 'The user has been promoted.');
  await j.press(page, 'Delete Olga Lind');
  await j.sees(page, 'Somebody changed this meanwhile, so nothing was done.');
  await walk.look(page, 'overtaken');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByText('Administrator').waitFor();

  // An undo that somebody else has done already.
  await open(page, address, 'Olga Lind');
  await j.press(page, 'Undo: promoted to administrator');
  await j.on(page, 'Undo: promoted to administrator');
  await open(other, address, 'Olga Lind');
  await j.press(other, 'Undo: promoted to administrator');
  await j.on(other, 'Undo: promoted to administrator');
  await j.press(other, 'Undo');
  await j.sees(other, 'Undone.');
  await j.press(page, 'Undo');
  await j.sees(page, 'There is nothing to undo here');
});
