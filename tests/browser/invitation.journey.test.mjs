// What becomes of an invitation: sent again, revoked, used, expired.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import * as j from './journey.mjs';

const house = j.furnish();

j.journey('U-06 S1 resend: the new link works and the old one is dead', house, async (walk) => {
  const address = walk.address('natalie');
  const page = await walk.user('Natalie', 'Okafor', address, 'reporting');
  const old = String(await walk.link(address));
  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await j.press(page, 'Resend invitation to Natalie Okafor');
  await j.sees(page, 'The invitation is on its way');
  await walk.look(page, 'users-pending-resent');

  const late = await walk.stranger();
  await late.goto(old);
  await j.on(late, 'This link does not work');
  await j.sees(late, 'Open the link in the latest email');
  await walk.look(late, 'invitation-unknown');

  const colleague = await walk.stranger();
  await j.go(colleague, String(await walk.link(address)));
  await j.on(colleague, `Join ${j.accountName}`);
  await walk.look(colleague, 'invitation');
  await j.fill(colleague, { 'Choose a password': 'short' });
  await j.press(colleague, 'Accept the invitation');
  await j.errors(colleague, { password: 'Use at least 12 characters. Three or four unrelated words do well.' });
  await walk.look(colleague, 'invitation-error');
  await j.fill(colleague, { 'Choose a password': 'passwordpassword' });
  await j.press(colleague, 'Accept the invitation');
  await j.errors(colleague, { password: 'This password is easy to guess. Add another unrelated word or two.' });
  await j.fill(colleague, { 'Choose a password': j.password });
  await j.press(colleague, 'Accept the invitation');
  await j.on(colleague, 'Hello Natalie');
});

j.journey('U-03 a used invitation says so', house, async (walk) => {
  const address = walk.address('uma');
  await walk.user('Uma', 'Sato', address, 'manager');
  const link = String(await walk.link(address));
  const first = await walk.stranger();
  await first.goto(link);
  await j.fill(first, { 'Choose a password': j.password });
  await j.press(first, 'Accept the invitation');
  await j.on(first, 'Hello Uma');
  const again = await walk.stranger();
  await again.goto(link);
  await j.on(again, 'This invitation has been accepted');
  await walk.look(again, 'invitation-used');
  await j.press(again, 'Sign in');
  await j.on(again, 'Sign in');
});

j.journey('U-06 a revoked invitation is dead, and the pending user is gone', house, async (walk, way) => {
  const address = walk.address('rex');
  const page = await walk.user('Rex', 'Malik', address, 'manager');
  const link = String(await walk.link(address));
  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await j.press(page, 'Revoke invitation of Rex Malik');
  await j.on(page, 'Revoke the invitation of Rex Malik?');
  await j.isDialog(page, way);
  await walk.look(page, 'revoke');
  await j.press(page, 'Cancel');
  await j.on(page, /^Users$/);
  await j.press(page, 'Revoke invitation of Rex Malik');
  await j.on(page, 'Revoke the invitation of Rex Malik?');
  await j.press(page, 'Revoke invitation of Rex Malik');
  await j.sees(page, 'The invitation has been revoked');
  assert.equal(await j.row(page, address).count(), 0);
  const late = await walk.stranger();
  await late.goto(link);
  await j.on(late, 'This link does not work');
});

j.journey('U-07 an expired invitation says whom to ask, and can be sent again', house, async (walk) => {
  const address = walk.address('eve');
  const page = await walk.user('Eve', 'Laskaris', address, 'reporting');
  const link = String(await walk.link(address));
  age(address, 8);
  const late = await walk.stranger();
  await late.goto(link);
  await j.on(late, 'This invitation has expired');
  await j.sees(late, `It was for ${j.accountName}.`);
  await j.sees(late, 'Ask Dana Reyes to send you a fresh one');
  await walk.look(late, 'invitation-expired');

  await j.openUsers(page);
  await j.tab(page, 'Pending invitations');
  await j.row(page, address).getByText('Expired').waitFor();
  await walk.look(page, 'users-pending-expired');
  await j.press(page, 'Resend invitation to Eve Laskaris');
  await j.sees(page, 'The invitation is on its way');
  assert.equal(await j.row(page, address).getByText('Expired').count(), 0);
  const colleague = await walk.accept(address);
  await j.on(colleague, 'Hello Eve');
});

/** Moves an invitation back in time, as if it had been sent these days ago. */
function age(address, days) {
  const moved = days * 86_400_000_000;
  const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
with db:
    done = db.execute('update invitation set sent_at = sent_at - ?, expires_at = expires_at - ? where user_id = '
                      '(select id from "user" where email = ?)', (int(sys.argv[2]), int(sys.argv[2]), sys.argv[3]))
    assert done.rowcount == 1`;
  execFileSync('/usr/bin/python3', ['-c', script, join(house.rollcall.data, 'rollcall.db'), String(moved), address]);
}
