// Adding users of every type, from the account icon to what the colleague then meets.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

/** Steps 1 to 3 of adding a user: My Account > Users > Create User > the type. */
async function begin(walk, page, type) {
  await j.openUsers(page);
  await j.press(page, 'Create User');
  await j.on(page, 'Will this person be an agent in Lead Center?');
  await walk.look(page, 'new-1-agent');
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.on(page, 'What type of user will they be?');
  await walk.look(page, 'new-2-type');
  await j.choose(page, type);
  await j.press(page, 'Next: User Info');
  await j.on(page, 'Who is it?');
}

async function pendingAndAccepted(walk, page, name, address, look = false) {
  await j.press(page, 'Return to Users');
  await j.on(page, /^Users$/);
  assert.equal(await j.row(page, address).count(), 0, 'nobody is active before accepting');
  await j.tab(page, 'Pending invitations');
  await j.row(page, address).getByRole('button', { name: `Resend invitation to ${name}` }).waitFor();
  if (look) await walk.look(page, 'users-pending');
  const colleague = await walk.accept(address);
  await page.goto(`${house.home}/users`);
  await j.row(page, address).waitFor();
  return colleague;
}

j.journey('U-01 U-02 U-03 U-04 U-05 P-08 S1 Add a User: an administrator', house, async (walk) => {
  const page = await walk.administrator();
  await walk.look(page, 'home');
  const address = walk.address('amira');
  await begin(walk, page, 'Administrator');
  await walk.look(page, 'new-3-info');
  await j.fill(page, { 'First name': 'Amira', 'Last name': 'Haddad', 'Email address': address });
  await j.press(page, 'Next: Message');
  await j.on(page, 'Check and send the invitation');
  await j.sees(page, 'All companies');
  await j.fill(page, { 'Personal message': 'Welcome aboard, Amira.\nYour desk is by the window.' });
  await j.choose(page, 'Send invoice emails');
  await walk.look(page, 'new-5-message');
  await j.press(page, 'Create User');
  await j.on(page, 'Amira Haddad has been created');
  await j.sees(page, address);
  await walk.look(page, 'created');

  const colleague = await pendingAndAccepted(walk, page, 'Amira Haddad', address, true);
  const message = (await house.mail.all()).find((mail) => mail.to.includes(address));
  assert.match(message.text, /> Welcome aboard, Amira\.\r?\n> Your desk is by the window\./);
  assert.match(message.text, /set your own password/);
  await j.on(colleague, 'Hello Amira');
  const all = { rail: ['Home', 'Lead Center', 'Users', 'Companies'], panel: ['Users', 'Account settings', 'All companies', 'What each user type may do', 'Activity', 'Account Center', 'Choose an account', 'My Profile'] };
  assert.deepEqual(await j.menu(colleague), all);
  await j.openUsers(colleague);
});

for (const [type, first, gives] of [
  ['Manager', 'Milo', 'Set up and disable integrations'],
  ['Reporting', 'Rosa', 'Listen to recordings, read reports and the call log'],
]) {
  j.journey(`U-01 U-02 U-03 P-15 P-17 S1 Add a User: ${type.toLowerCase()}`, house, async (walk) => {
    const page = await walk.administrator();
    const address = walk.address(first.toLowerCase());
    await begin(walk, page, type);
    await j.fill(page, { 'First name': first, 'Last name': 'Lindqvist', 'Email address': address });
    await j.press(page, 'Next: Companies');
    await j.on(page, 'Which companies will they have access to?');
    await walk.look(page, 'new-4-companies');
    await j.choose(page, 'Harbor Dental');
    await j.press(page, 'Next: Message');
    await j.on(page, 'Check and send the invitation');
    assert.equal(await page.getByText('invoice emails').count(), 0);
    await j.press(page, 'Create User');
    await j.on(page, `${first} Lindqvist has been created`);

    const colleague = await pendingAndAccepted(walk, page, `${first} Lindqvist`, address);
    await j.on(colleague, `Hello ${first}`);
    await walk.look(colleague, `home-${type.toLowerCase()}`);
    await j.sees(colleague, gives);
    await j.sees(colleague, 'Harbor Dental');
    assert.equal(await colleague.getByText('Maple Grove Roofing').count(), 0);
    assert.deepEqual(await j.menu(colleague), { rail: ['Home', 'Lead Center'], panel: ['What each user type may do', 'Choose an account', 'My Profile'] });
    assert.equal(await j.status(colleague, `${house.home}/lead-center`), 200);
    for (const path of ['users', 'users/new', 'companies', 'settings', 'activity']) {
      assert.equal(await j.status(colleague, `${house.home}/${path}`), 403, path);
    }
    await j.go(colleague, `${house.home}/users`);
    await j.on(colleague, 'You may not do this');
    await j.sees(colleague, 'Create, change and delete users');
    await j.sees(colleague, /Dana Reyes.* can give it to you/);
    await walk.look(colleague, 'problem-forbidden');
    await j.go(colleague, '/accounts/ACC00000000000000000000000000000000/users');
    await j.on(colleague, 'There is nothing here');
    await walk.look(colleague, 'problem-not-found');
  });
}

j.journey('U-01 U-02 P-01 S1 Add a User: a notification user has no invitation', house, async (walk) => {
  const page = await walk.administrator();
  const address = walk.address('front-desk');
  await begin(walk, page, 'Notification');
  await walk.look(page, 'new-3-info-notification');
  await j.fill(page, { 'First name': 'Front desk', 'Email address': address });
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
  await j.choose(page, 'Riverside Movers');
  await j.press(page, 'Create User');
  await j.on(page, 'Front desk has been created');
  await walk.look(page, 'created-notification');
  await j.press(page, 'Return to Users');
  await j.on(page, /^Users$/);
  await j.row(page, address).getByText('Notification').waitFor();
  assert.ok(!(await house.mail.all()).some((mail) => mail.to.includes(address)), 'no mail to a notification user');
});
