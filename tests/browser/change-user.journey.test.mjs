// Promoting, editing and deleting users.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** Steps 1 to 3 of promoting: My Account > Users > pencil > Edit User > the type's button at the right. */
async function beginPromotion(walk, page, address, name, to) {
  await j.openUsers(page);
  const row = j.row(page, address);
  await row.getByRole('button', { name: `Edit ${name}` }).click();
  await row.getByRole('link', { name: 'Edit user' }).click();
  await j.on(page, name);
  await j.press(page, `Promote to ${to}`);
  await j.on(page, `Promote ${name} to ${to.toLowerCase()}?`);
}

j.journey('U-08 P-16 P-19 S1 Promote a User: reporting to manager', house, async (walk, way) => {
  const address = walk.address('priya');
  const page = await walk.user('Priya', 'Shah', address, 'reporting');
  const colleague = await walk.accept(address);
  await j.on(colleague, 'Hello Priya');
  await j.sees(colleague, 'What you cannot do here');

  await beginPromotion(walk, page, address, 'Priya Shah', 'Manager');
  await j.isDialog(page, way);
  await walk.look(page, 'promote');
  const column = async (title) => {
    const section = page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).last();
    return (await section.getByRole('listitem').allInnerTexts()).map((text) => text.trim());
  };
  assert.ok((await column('Has now')).includes('Listen to recordings, read reports and the call log'));
  assert.deepEqual(await column('Gains'), [
    'Set up and disable integrations',
    'Create, edit and disable tracking numbers and call flows',
  ]);
  const still = await column('Still not');
  assert.ok(still.includes('Create, change and delete users') && still.includes('Close or pause the account'));
  await j.press(page, 'Promote to Manager');
  await j.sees(page, 'The user has been promoted');
  await j.on(page, 'Priya Shah');
  await page.locator('aside').getByRole('heading', { name: 'Manager' }).waitFor();

  // From the very next click.
  await j.again(colleague);
  await j.sees(colleague, 'Set up and disable integrations');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByRole('link', { name: 'Priya Shah', exact: true }).click();
  await j.on(page, 'Priya Shah');
  assert.equal(await page.getByRole('link', { name: 'Promote to Reporting' }).count(), 0, 'no demotion (U-10)');
});

// Seen to fail: without the focus on the title, which a browser then gives to the first button, at the end.
j.journey('U-08 the pop-up begins with its title, also where it is narrow', house, async (walk, way) => {
  const address = walk.address('tall');
  const page = await walk.user('Tall', 'Tower', address, 'notification');
  await page.setViewportSize({ width: 320, height: 480 });
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByRole('link', { name: 'Tall Tower', exact: true }).click();
  await j.on(page, 'Tall Tower');
  await j.press(page, 'Promote to Manager');
  await j.on(page, 'Promote Tall Tower to manager?');
  await j.isDialog(page, way);
  const title = page.getByRole('heading', { name: 'Promote Tall Tower to manager?' });
  const { y } = await title.boundingBox();
  assert.ok(y > 0 && y < 240, `the title stands at ${y}`);
  if (way.javascript) assert.equal(await page.evaluate(() => document.querySelector('dialog[open]').scrollTop), 0);
});

j.journey('U-09 S1 Promote a User: a notification user gets an invitation', house, async (walk, way) => {
  const address = walk.address('tess');
  const page = await walk.user('Tess', 'Boyd', address, 'notification');
  await beginPromotion(walk, page, address, 'Tess Boyd', 'Reporting');
  await j.isDialog(page, way);
  await walk.look(page, 'promote-notification');
  await j.fill(page, { 'Personal message': 'Now you can look for yourself.' });
  await j.press(page, 'Promote user');
  await j.sees(page, 'The invitation is on its way');
  const link = await walk.link(address);
  assert.match(link.message.text, /> Now you can look for yourself\./);
  assert.match(link.message.text, /Reporting/);
  const colleague = await walk.stranger();
  await j.go(colleague, String(link));
  await j.fill(colleague, { 'Choose a password': j.password });
  await j.press(colleague, 'Accept the invitation');
  await j.on(colleague, 'Hello Tess');
  await j.sees(colleague, 'Reporting');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).getByText('Reporting').waitFor();
});

j.journey('U-11 P-19 S1 Delete a User: their open page is refused at the next click', house, async (walk, way) => {
  const address = walk.address('gus');
  const page = await walk.user('Gus', 'Walsh', address, 'administrator');
  const colleague = await walk.accept(address);
  await j.openUsers(colleague);
  await j.openUsers(page);
  await j.press(page, 'Delete Gus Walsh');
  await j.on(page, 'Delete Gus Walsh?');
  await j.isDialog(page, way);
  await walk.look(page, 'delete');
  await j.sees(page, 'All companies');
  await j.sees(page, 'Notes, tags and history stay, with their name.');
  await j.press(page, 'Cancel');
  await j.on(page, way.javascript ? /^Users$/ : 'Gus Walsh');
  await page.goto(`${house.home}/users`);
  await j.row(page, address).waitFor();
  await j.press(page, 'Delete Gus Walsh');
  await j.on(page, 'Delete Gus Walsh?');
  await j.press(page, 'Delete Gus Walsh');
  await j.sees(page, 'The user has been deleted. Their access ended at once.');
  assert.equal(await j.row(page, address).count(), 0);

  // With scripts their open page learns of it; without, at the next click.
  if (!way.javascript) await j.follow(colleague, 'Create user');
  await j.on(colleague, 'There is nothing here');
  assert.equal(await j.status(colleague, house.home), 404);
  await j.go(colleague, '/');
  await j.on(colleague, 'Choose an account');
  await j.sees(colleague, 'No account yet');
  await walk.look(colleague, 'accounts-none');
});

j.journey('U-12 S1 Delete a User: not the last administrator', house, async (walk, way) => {
  const page = await walk.administrator();
  await j.openUsers(page);
  await j.press(page, 'Delete Dana Reyes');
  await j.on(page, 'Delete Dana Reyes?');
  await j.isDialog(page, way);
  await walk.look(page, 'delete-last-administrator');
  await j.sees(page, 'This is the last active administrator of the account.');
  await j.press(page, 'Close');
  await j.on(page, way.javascript ? /^Users$/ : 'Dana Reyes');
  await page.goto(`${house.home}/users`);
  const id = (await j.row(page, j.owner.email).getByRole('link', { name: 'Dana Reyes', exact: true }).getAttribute('href')).split('/').pop();
  const answer = await page.context().request.post(`${house.home}/users/${id}/delete`, { form: {} });
  assert.equal(answer.status(), 409, 'nor without asking');
  assert.equal(await j.status(page, `${house.home}/users`), 200);
});

j.journey('U-17 Edit User: names, chat display name and companies', house, async (walk) => {
  const address = walk.address('eli');
  const page = await walk.user('Eli', 'Novak', address, 'reporting');
  const colleague = await walk.accept(address);
  await j.openUsers(page);
  await j.row(page, address).getByRole('link', { name: 'Eli Novak', exact: true }).click();
  await j.on(page, 'Eli Novak');
  await walk.look(page, 'user');
  await j.fill(page, { 'First name': '', 'Chat display name': 'E. from Harbor' });
  await j.press(page, 'Select none');
  await j.press(page, 'Save changes');
  await j.errors(page, { first_name: 'Type the first name.', company: 'Choose at least one company.' });
  await walk.look(page, 'user-error');
  assert.equal(await page.getByLabel('Chat display name').inputValue(), 'E. from Harbor');
  await j.fill(page, { 'First name': 'Elias' });
  await j.choose(page, 'Maple Grove Roofing', 'Riverside Movers');
  await j.press(page, 'Save changes');
  await j.on(page, /^Save what changes for E/);
  await j.sees(page, 'Companies gained: Maple Grove Roofing, Riverside Movers');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
  await j.openUsers(page);
  const row = j.row(page, address);
  await row.getByText('Chats as E. from Harbor').waitFor();
  assert.match(await row.innerText(), /Elias Novak[\s\S]*Maple Grove Roofing, Riverside Movers/);
  await j.again(colleague);
  await j.sees(colleague, 'Maple Grove Roofing');
  assert.equal(await colleague.getByText('Harbor Dental').count(), 0);
});

j.journey('U-17 Edit User: Cancel keeps what was typed, and an old form says how it stands now', house, async (walk) => {
  const address = walk.address('mira');
  const page = await walk.user('Mira', 'Stone', address, 'reporting');
  await page.goto(`${house.home}/users?tab=pending`);
  await j.row(page, address).getByRole('link', { name: 'Mira Stone', exact: true }).click();
  await j.on(page, 'Mira Stone');
  const other = await walk.administrator();
  await other.goto(page.url());

  await j.fill(page, { 'First name': 'Miranda', 'Chat display name': 'Miri' });
  await j.choose(page, 'Riverside Movers');
  await j.press(page, 'Save changes');
  await j.on(page, 'Save what changes for Mira Stone?');
  await j.press(page, 'Cancel');
  await j.on(page, 'Mira Stone');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Miranda');
  assert.equal(await page.getByLabel('Chat display name').inputValue(), 'Miri');
  assert.ok(await page.getByLabel('Riverside Movers').isChecked());
  await j.press(page, 'Save changes');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');

  await j.fill(other, { 'Last name': 'Stone-Hill' });
  await j.press(other, 'Save changes');
  await j.sees(other, 'Nothing was saved: somebody changed this user meanwhile');
  await j.sees(other, 'Latest change: companies changed by Dana Reyes');
  await walk.look(other, 'user-overtaken');
  assert.equal(await other.getByLabel('Last name').inputValue(), 'Stone-Hill');
  assert.equal(await other.getByLabel('First name').inputValue(), 'Miranda', 'and nothing of theirs is taken back');
  assert.equal(await other.getByLabel('Chat display name').inputValue(), 'Miri');
  assert.ok(await other.getByLabel('Riverside Movers').isChecked(), 'what was given meanwhile');
  await j.press(other, 'Save changes');
  await j.sees(other, 'Saved.');
  await j.on(other, 'Miranda Stone-Hill');
});
