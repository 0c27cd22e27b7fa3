// The two written guides, step by step: inviting a colleague, and making a Lead Center agent.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('S3 U-01 U-02 U-05 U-10 U-11 steps 1 to 6: from signing in to removing access', house, async (walk, way) => {
  // 1. Sign in.
  const page = await walk.stranger();
  await page.goto('/');
  await j.on(page, 'Sign in');
  await walk.look(page, 'sign-in');
  await j.press(page, 'Sign in');
  await j.errors(page, { email: 'Type the email address.', password: 'Type the password.' });
  await j.fill(page, { 'Email address': j.owner.email, Password: 'not the password' });
  await j.press(page, 'Sign in');
  await j.errors(page, { '': 'The address and the password do not match. Check both, or set a new password.' });
  await walk.look(page, 'sign-in-error');
  assert.equal(await page.getByLabel('Email address').inputValue(), j.owner.email);
  await j.fill(page, { Password: j.password });
  await j.press(page, 'Sign in');
  await j.on(page, 'Hello Dana');
  // 2. The initials at the top left open a menu with Users.
  const panel = await j.openMyAccount(page);
  await walk.look(page, 'my-account');
  await j.follow(page, 'Users', panel);
  await j.on(page, /^Users$/);
  // 3. and 4. Create User: the details and the access.
  const address = walk.address('natalie');
  await j.press(page, 'Create User');
  await j.choose(page, 'No');
  await j.press(page, 'Next: User type');
  await j.on(page, 'What type of user will they be?');
  await j.choose(page, 'Manager');
  await j.press(page, 'Next: User Info');
  await j.on(page, 'Who is it?');
  await j.fill(page, {
    'First name': 'Natalie',
    'Last name': 'Brandt',
    'Email address': address,
    'Chat display name': 'Natalie from LocalSync',
  });
  await j.press(page, 'Next: Companies');
  await j.on(page, 'Which companies will they have access to?');
  await j.press(page, 'Select all');
  if (!way.javascript) await j.on(page, 'Which companies will they have access to?');
  await j.press(page, 'Next: Message');
  // 5. Review; decide whether the invitation goes out now.
  await j.on(page, 'Check and send the invitation');
  await j.sees(page, 'Chats as Natalie from LocalSync');
  await j.choose(page, 'Send it later');
  await j.press(page, 'Create User');
  await j.on(page, 'Natalie Brandt has been created');
  await j.sees(page, 'No invitation has been sent.');
  await walk.look(page, 'created-later');
  await j.press(page, 'Return to Users');
  await j.on(page, /^Users$/);
  // 6. Pending, marked not sent; sent; accepted, and then active; access removed.
  await j.tab(page, 'Pending invitations');
  await j.row(page, address).getByText('Not sent').waitFor();
  await walk.look(page, 'users-not-sent');
  assert.ok(!(await house.mail.all()).some((mail) => mail.to.includes(address)), 'no mail before it is sent');
  await j.press(page, 'Send invitation to Natalie Brandt');
  await j.sees(page, 'The invitation is on its way');
  const colleague = await walk.accept(address);
  await j.on(colleague, 'Hello Natalie');
  await page.goto(`${house.home}/users?tab=pending`);
  await j.on(page, /^Users$/);
  assert.equal(await j.row(page, address).count(), 0);
  await j.tab(page, 'Active');
  await j.row(page, address).getByText('Chats as Natalie from LocalSync').waitFor();
  await j.press(page, 'Delete Natalie Brandt');
  await j.on(page, 'Delete Natalie Brandt?');
  await j.press(page, 'Delete Natalie Brandt');
  await j.sees(page, 'The user has been deleted');
  await j.again(colleague);
  await j.on(colleague, 'There is nothing here');
});

j.journey('S4 L-01 L-02 P-03 steps 1 to 7: a new Lead Center agent', house, async (walk) => {
  const page = await walk.administrator();
  // 1. and 2. The first choice: yes, with agent permissions.
  await j.openUsers(page);
  await j.press(page, 'Create User');
  await j.on(page, 'Will this person be an agent in Lead Center?');
  assert.match(await page.locator('label.choice').first().innerText(), /^Yes, .*agent permissions in Lead Center/);
  await j.choose(page, 'Yes');
  await j.press(page, 'Next: User type');
  // 3. The access.
  await j.on(page, 'What type of user will they be?');
  const types = await page.locator('label.choice strong').allInnerTexts();
  assert.deepEqual(types.map((type) => type.split(' ')[0]), ['Agent', 'Reporting', 'Manager', 'Administrator']);
  await walk.look(page, 'new-2-type-agent');
  await j.choose(page, 'Agent');
  await j.press(page, 'Next: User Info');
  // 4. Who it is.
  await j.on(page, 'Who is it?');
  const address = walk.address('omar');
  await j.fill(page, { 'First name': 'Omar', 'Last name': 'Farah', 'Email address': address, 'Chat display name': 'Omar' });
  await j.press(page, 'Select a company');
  // 5. Only companies that use Lead Center.
  await j.on(page, 'Which companies will they have access to?');
  assert.equal(await page.getByLabel('Maple Grove Roofing').count(), 0);
  await walk.look(page, 'new-4-companies-agent');
  await j.choose(page, 'Harbor Dental');
  await j.press(page, 'Next: Message');
  // 6. Review, a personal note, Send.
  await j.on(page, 'Check and send the invitation');
  await j.fill(page, { 'Personal message': 'Mornings are busiest.' });
  await walk.look(page, 'new-5-message-agent');
  await j.press(page, 'Send');
  await j.on(page, 'Omar Farah has been created');
  // 7. The mail asks to create a password and leads into Lead Center, and nowhere else.
  const link = await walk.link(address);
  assert.match(link.message.subject, /Lead Center/);
  assert.match(link.message.text, /Create your password/);
  assert.match(link.message.text, /> Mornings are busiest\./);
  const agent = await walk.stranger();
  await agent.goto(String(link));
  await j.on(agent, `Join ${j.accountName}`);
  await walk.look(agent, 'invitation-agent');
  await j.fill(agent, { 'Choose a password': j.password });
  await j.press(agent, 'Accept the invitation');
  await j.on(agent, /^Lead Center$/);
  await walk.look(agent, 'lead-center');
  await j.sees(agent, 'Harbor Dental');
  assert.deepEqual((await j.menu(agent)).rail, ['Lead Center']);
  assert.deepEqual((await j.menu(agent)).panel, ['What each user type may do', 'Choose an account', 'My Profile']);
  for (const path of ['users', 'users/new', 'companies', 'settings', 'activity']) {
    assert.equal(await j.status(agent, `${house.home}/${path}`), 403, path);
  }
  await agent.goto('/');
  await j.on(agent, /^Lead Center$/);
});
