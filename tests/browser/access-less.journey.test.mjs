// The agent flag, and types that allow less: guided, or freely where the account lets them.

import assert from 'node:assert/strict';

import { column, open } from './access.mjs';
import * as j from './journey.mjs';

const house = j.furnish();

j.journey('L-04 U-17 the agent flag is given and taken, each time shown before', house, async (walk) => {
  const address = walk.address('kai');
  const page = await walk.user('Kai', 'Holm', address, 'manager');
  await walk.accept(address);
  await open(page, house, address, 'Kai Holm');
  const flag = page.getByLabel(/^Agent in Lead Center/);
  await flag.check();
  await j.press(page, 'Save changes');
  await j.on(page, 'Save what changes for Kai Holm?');
  await walk.look(page, 'review-edit');
  assert.match(await column(page, 'Gains'), /Be rung/);
  assert.equal(await column(page, 'Loses'), 'Nothing');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
  await j.on(page, 'Kai Holm');
  await page.locator('aside').getByText('Agent', { exact: true }).waitFor();

  await flag.uncheck();
  await j.press(page, 'Save changes');
  await j.on(page, 'Save what changes for Kai Holm?');
  assert.match(await column(page, 'Loses'), /Be rung/);
  await j.press(page, 'Cancel');
  await j.on(page, 'Kai Holm');
  assert.ok(!(await flag.isChecked()), 'what was ticked is kept');
  await page.goto(page.url());
  assert.ok(await flag.isChecked(), 'nothing was saved');
  await flag.uncheck();
  await j.press(page, 'Save changes');
  await j.press(page, 'Save');
  await j.sees(page, 'Saved.');
  await j.on(page, 'Kai Holm');
  assert.equal(await page.locator('aside').getByText('Agent', { exact: true }).count(), 0);

  // Each can be undone, the newest first.
  const recent = page.locator('.recent li');
  assert.equal(await recent.count(), 2);
  assert.equal(await recent.getByRole('link', { name: /^Undo/ }).count(), 1);
  await walk.look(page, 'user-recent');
  await j.press(page, 'Undo: agent flag switched off');
  await j.on(page, 'Undo for Kai Holm: agent flag switched off');
  await j.press(page, 'Undo');
  await j.sees(page, 'Undone.');
  assert.ok(await flag.isChecked());
});

j.journey('U-10 S1 S3 less for a manager: taken away and given anew in one go', house, async (walk, way) => {
  const address = walk.address('lena');
  const page = await walk.user('Lena', 'Vogt', address, 'manager');
  const colleague = await walk.accept(address);
  await open(page, house, address, 'Lena Vogt');
  assert.equal(await page.getByRole('link', { name: 'Change to reporting' }).count(), 0, 'no free choice');
  await page.getByText('Give a type that allows less').click();
  await walk.look(page, 'user-less');
  await j.sees(page, 'A type only goes up.');
  await j.press(page, 'Change to reporting');
  await j.on(page, 'Change Lena Vogt to reporting?');
  await j.isDialog(page, way);
  await walk.look(page, 'replace');
  assert.match(await column(page, 'Loses'), /Set up and disable integrations/);
  assert.equal(await column(page, 'Gains'), 'Nothing');
  await j.sees(page, 'is taken away and given anew as reporting');
  await j.press(page, 'Change to reporting');
  await j.sees(page, 'The type has been changed. It holds from now on.');
  await page.locator('aside').getByRole('heading', { name: 'Reporting' }).waitFor();
  await j.again(colleague);
  await j.on(colleague, 'Hello Lena');
  await colleague.locator('dl').getByText('Reporting').first().waitFor();
});

j.journey('U-10 less for an administrator: they choose which companies they keep', house, async (walk, way) => {
  const address = walk.address('mona');
  const page = await walk.user('Mona', 'Weiss', address, 'administrator');
  const colleague = await walk.accept(address);
  await open(page, house, address, 'Mona Weiss');
  await page.getByText('Give a type that allows less').click();
  await j.press(page, 'Change to manager');
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
  await j.press(page, 'Change to manager');
  await j.sees(page, 'The type has been changed.');
  await j.go(colleague, house.home);
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
  await open(page, house, address, 'Nils Berg');
  await walk.look(page, 'user-free-types');
  await j.press(page, 'Change to reporting');
  await j.on(page, 'Change Nils Berg to reporting?');
  await j.isDialog(page, way);
  await j.press(page, 'Change to reporting');
  await j.sees(page, 'The type has been changed.');
  await page.locator('aside').getByRole('heading', { name: 'Reporting' }).waitFor();
  await page.goto(`${house.home}/settings`);
  await page.getByLabel(/^Let administrators give any type/).uncheck();
  await j.press(page, 'Save changes');
  await j.sees(page, 'Saved.');
});

j.journey('U-12 the last administrator keeps their access, whichever way one tries', house, async (walk) => {
  const page = await walk.administrator();
  await open(page, house, j.owner.email, 'Dana Reyes');
  await walk.look(page, 'user-last-administrator');
  await page.locator('aside').getByText('This is the last active administrator of the account.').waitFor();
  assert.equal(await page.getByText('Give a type that allows less').count(), 0);
  const own = page.url();
  for (const [change, title] of [['suspend', 'Suspend Dana Reyes?'], ['delete', 'Delete Dana Reyes?'], ['end', 'When does Dana Reyes’s access end?']]) {
    await page.goto(`${own}/${change}`);
    await j.on(page, title);
    await j.sees(page, 'This is the last active administrator of the account.');
    assert.deepEqual(await page.locator('main').getByRole('button').allInnerTexts(), []);
    const form = change === 'end' ? { ends_on: '2099-12-31' } : {};
    const answer = await page.context().request.post(`${own}/${change}`, { form });
    assert.equal(answer.status(), 409, change);
  }
  assert.equal(await j.status(page, `${house.home}/users`), 200);
});

