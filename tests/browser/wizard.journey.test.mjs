// Create User when something is wrong, and by keyboard alone.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-01 errors keep the input, at every step, and lead to the field', house, async (walk) => {
  const page = await walk.administrator();
  await page.goto(`${house.home}/users/new`);
  await j.press(page, 'Next: User type');
  await j.errors(page, { agent: 'Choose yes or no.' });
  await walk.look(page, 'new-1-agent-error');
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.on(page, 'What type of user will they be?');
  await j.press(page, 'Next: User Info');
  await j.errors(page, { user_type: 'Choose a user type.' });
  await j.choose(page, 'Reporting');
  await j.press(page, 'Next: User Info');
  await j.on(page, 'Who is it?');
  await j.fill(page, { 'First name': 'Noor', 'Email address': 'noor.at.home', 'Chat display name': 'Noor' });
  await j.press(page, 'Next: Companies');
  await j.errors(page, { last_name: 'Type the last name.', email: 'Type one email address, like natalie@example.com.' });
  await walk.look(page, 'new-3-info-error');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Noor');
  assert.equal(await page.getByLabel('Email address').inputValue(), 'noor.at.home');
  assert.equal(await page.getByLabel('Email address').getAttribute('aria-invalid'), 'true');
  await page.getByRole('alert').getByRole('link').last().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'email', 'the summary leads to the field');
  await j.fill(page, { 'Last name': 'Aziz', 'Email address': j.owner.email });
  await j.press(page, 'Next: Companies');
  // The address is taken: told where it is typed, with everything kept.
  await j.errors(page, { email: 'A user with this address is in this account already.' });
  assert.equal(await page.getByLabel('Chat display name').inputValue(), 'Noor');
  await j.fill(page, { 'Email address': walk.address('noor') });
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
  await j.press(page, 'Next: Message');
  await j.errors(page, { company: 'Choose at least one company.' });
  await walk.look(page, 'new-4-companies-error');
  await j.press(page, 'Select all');
  await j.press(page, 'Next: Message');
  await j.on(page, 'Check and send the invitation');
  for (const name of Object.keys(j.companies)) await j.sees(page, name);
  await j.fill(page, { 'Personal message': 'Glad to have you.' });
  await j.press(page, 'Back');
  await j.on(page, 'Which companies will they have access to?');
  assert.ok(await page.getByLabel('Harbor Dental').isChecked());
  await j.press(page, 'Back');
  await j.on(page, 'Who is it?');
  assert.equal(await page.getByLabel('Last name').inputValue(), 'Aziz');
  await j.press(page, 'Next: Companies');
  await j.press(page, 'Next: Message');
  await j.on(page, 'Check and send the invitation');
  assert.equal(await page.getByLabel('Personal message').inputValue(), 'Glad to have you.');
  await j.press(page, /^Change User type$/);
  await j.on(page, 'What type of user will they be?');
  assert.ok(await page.getByLabel('Reporting').isChecked());
});

j.journey('U-01 the browser’s Back leads from step to step, with the answers', house, async (walk) => {
  const page = await walk.administrator();
  await page.goto(`${house.home}/users/new`);
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.on(page, 'What type of user will they be?');
  await j.choose(page, 'Reporting');
  await j.press(page, 'Next: User Info');
  await j.on(page, 'Who is it?');
  await j.fill(page, { 'First name': 'Noor', 'Last name': 'Aziz', 'Email address': walk.address('back') });
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
  await page.goBack();
  await j.on(page, 'Who is it?');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Noor');
  await page.goBack();
  await j.on(page, 'What type of user will they be?');
  await page.goForward();
  await j.on(page, 'Who is it?');
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
});

j.journey('U-01 who is signed out in the middle signs in and goes on with the answers', house, async (walk) => {
  const page = await walk.administrator();
  await page.goto(`${house.home}/users/new`);
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.on(page, 'What type of user will they be?');
  await j.choose(page, 'Reporting');
  await j.press(page, 'Next: User Info');
  await j.on(page, 'Who is it?');
  await j.fill(page, { 'First name': 'Noor', 'Last name': 'Aziz', 'Email address': walk.address('again') });
  await page.context().clearCookies();
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Sign in');
  await j.sees(page, 'You were signed out meanwhile.');
  await walk.look(page, 'sign-in-again');
  await j.fill(page, { 'Email address': j.owner.email, Password: 'not this one' });
  await j.press(page, 'Sign in');
  await j.errors(page, { '': 'The address and the password do not match. Check both, or set a new password.' });
  await j.sees(page, 'You were signed out meanwhile.');
  await j.fill(page, { Password: j.password });
  await j.press(page, 'Sign in');
  await j.on(page, 'You are signed in again');
  await walk.look(page, 'signed-in-again');
  await j.press(page, 'Go on with Create user');
  await j.on(page, 'Who is it?');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Noor');
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
  await j.press(page, 'Back');
  await j.press(page, 'Back');
  await j.on(page, 'What type of user will they be?');
  assert.ok(await page.getByLabel('Reporting').isChecked());
});

j.journey('U-01 U-02 S1 Add a User by keyboard alone', house, async (walk, { javascript }) => {
  const page = await walk.administrator();
  const keys = page.keyboard;
  const at = () => page.evaluate(() => document.activeElement?.innerText || document.activeElement?.labels?.[0]?.innerText || document.activeElement?.getAttribute('aria-label') || '');
  /** Tab until one is there; the focus must be seen on the way. */
  const reach = async (wanted) => {
    for (let presses = 0; presses < 60; presses++) {
      if (wanted.test((await at()).trim())) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow);
        assert.notEqual(outline, 'nonenone', `the focus on ${wanted} cannot be seen`);
        return;
      }
      await keys.press('Tab');
    }
    assert.fail(`no ${wanted} within 60 tabs; the last was ${await at()}`);
  };
  await keys.press('Tab');
  assert.equal(await at(), 'Skip to the content');
  await reach(/My Account/);
  await keys.press('Enter');
  await reach(/^Users$/);
  await keys.press('Enter');
  await j.on(page, /^Users$/);
  await reach(/^Create user$/i);
  await keys.press('Enter');
  await j.on(page, 'Will this person be an agent in Lead Center?');
  await reach(/^Yes/);
  await keys.press('ArrowDown');
  await keys.press('Enter');
  await j.on(page, 'What type of user will they be?');
  await reach(/^Administrator/);
  await keys.press('Space');
  await keys.press('ArrowDown');
  await keys.press('ArrowDown');
  await reach(/^Next: User info/i);
  await keys.press('Enter');
  await j.on(page, 'Who is it?');
  const address = walk.address('keyboard');
  for (const [label, value] of [[/^First name/, 'Kay'], [/^Last name/, 'Board'], [/^Email address/, address]]) {
    await reach(label);
    await keys.type(value);
  }
  await keys.press('Enter');
  await j.on(page, 'Which companies will they have access to?');
  await reach(/^Harbor Dental/);
  await keys.press('Space');
  await reach(/^Next: Message/);
  await keys.press('Enter');
  await j.on(page, 'Check and send the invitation');
  await reach(/^Create user/i);
  await keys.press('Enter');
  await j.on(page, 'Kay Board has been created');
  await reach(/^Return to Users/);
  await keys.press('Enter');
  await j.on(page, /^Users$/);
  await reach(/^Pending invitations/);
  await keys.press('Enter');
  await j.row(page, address).waitFor();
  // The dialog: in by Enter, out by Escape, and back where one was.
  await reach(/^Revoke invitation of Kay Board/);
  await keys.press('Enter');
  await j.on(page, 'Revoke the invitation of Kay Board?');
  if (!javascript) return;
  await keys.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.match(await at(), /Revoke invitation of Kay Board/);
  await keys.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await keys.press('Escape');
  await page.locator('h1').click();
  await keys.press('?');
  await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
  await walk.look(page, 'keys');
  await keys.press('Escape');
  await keys.press('g');
  await keys.press('u');
  await page.waitForURL(/\/users$/);
});
