// A company's users: from the company's own page, somebody is given it with a `+` and loses it again.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-14 S1 Invite a User to a New Company', house, async (walk, way) => {
  const [address, agent, late] = ['pia', 'quin', 'rosa'].map((name) => walk.address(name));
  const page = await walk.user('Pia', 'Berger', address, 'manager');
  const colleague = await walk.accept(address);
  await walk.user('Quin', 'Adler', agent, 'agent', { agent: 'yes' });
  await walk.accept(agent);
  await walk.user('Rosa', 'Klein', late, 'reporting');
  assert.equal(await colleague.getByText('Maple Grove Roofing').count(), 0);

  // 1. Account icon > Account settings. 2. All companies, Active. 3. The gear > Edit users.
  await j.myAccount(page, 'All companies');
  await j.tab(page, 'Active');
  await page.getByRole('button', { name: 'Manage Maple Grove Roofing' }).click();
  await walk.look(page, 'companies-gear');
  await j.row(page, 'Maple Grove Roofing').getByRole('link', { name: 'Edit users' }).click();
  await j.on(page, 'Users of Maple Grove Roofing');
  await walk.look(page, 'company-users');
  assert.equal(await j.row(page, address).count(), 0);
  await j.row(page, j.owner.email).getByText('Has all companies').waitFor();
  // 4. Invite user, which is called Give access: whoever stands there is a user already.
  await j.press(page, 'Give access');
  await j.on(page, 'Give access to Maple Grove Roofing');
  await walk.look(page, 'company-users-invite');
  await j.row(page, agent).getByText('Agents need a company that uses Lead Center').waitFor();
  // 5. The + at the right.
  await page.getByRole('searchbox').fill('pia');
  if (!way.javascript) await j.press(page, 'Filter');
  await j.row(page, agent).waitFor({ state: 'detached' });
  await j.press(page, 'Give access to Pia Berger', j.row(page, address));
  await j.on(page, 'Give Pia Berger access to Maple Grove Roofing?');
  await j.isDialog(page, way);
  await walk.look(page, 'company-give');
  await j.sees(page, 'Companies gained: Maple Grove Roofing');
  await j.sees(page, 'Nobody is told of this change by email.');
  await j.press(page, 'Give access');
  await j.sees(page, 'They have access to the company now.');
  await j.row(page, address).getByText('Has access').waitFor();
  assert.equal(await j.row(page, address).getByRole('link', { name: 'Give access to Pia Berger' }).count(), 0);
  // Access is there at once, and nobody is mailed.
  await j.again(colleague);
  await j.sees(colleague, 'Maple Grove Roofing');
  assert.equal((await house.mail.all()).filter((mail) => mail.to.includes(address)).length, 1, 'no mail but the invitation');

  // Whoever has not accepted yet is given it too.
  await j.tab(page, 'Pending invitations');
  await j.press(page, 'Give access to Rosa Klein', j.row(page, late));
  await j.on(page, 'Give Rosa Klein access to Maple Grove Roofing?');
  await j.press(page, 'Give access');
  await j.sees(page, 'They have access to the company now.');

  await j.follow(page, 'Users of Maple Grove Roofing');
  await j.on(page, 'Users of Maple Grove Roofing');
  await j.press(page, 'Take away from Pia Berger', j.row(page, address));
  await j.on(page, 'Take Maple Grove Roofing away from Pia Berger?');
  await j.isDialog(page, way);
  await walk.look(page, 'company-take');
  await j.press(page, 'Take access away');
  await j.sees(page, 'Their access to the company ended at once.');
  assert.equal(await j.row(page, address).count(), 0);
  await j.again(colleague);
  await j.on(colleague, 'Hello Pia');
  assert.equal(await colleague.getByText('Maple Grove Roofing').count(), 0);
});

j.journey('U-14 the only company of somebody is not taken away', house, async (walk, way) => {
  const address = walk.address('timo');
  const page = await walk.user('Timo', 'Falk', address, 'reporting', { company: ['Riverside Movers'] });
  await walk.accept(address);
  await page.goto(`${house.home}/companies`);
  await page.getByRole('button', { name: 'Manage Riverside Movers' }).click();
  await j.row(page, 'Riverside Movers').getByRole('link', { name: 'Edit users' }).click();
  await j.on(page, 'Users of Riverside Movers');
  await j.press(page, 'Take away from Timo Falk', j.row(page, address));
  await j.on(page, 'Take Riverside Movers away from Timo Falk?');
  await j.isDialog(page, way);
  await walk.look(page, 'company-take-last');
  await j.sees(page, 'This is their only company. Suspend or delete the user instead.');
  await j.press(page, 'Close');
  await j.on(page, 'Users of Riverside Movers');
});
