// Steps and looks that the journeys through changes of access share.

import * as j from './journey.mjs';

/** Users > the user's name. */
export async function open(page, { home }, address, name) {
  await page.goto(`${home}/users`);
  await j.row(page, address).getByRole('link', { name, exact: true }).click();
  await j.on(page, name);
}

/** What stands under a heading of the page that shows a change: "Gains" or "Loses". */
export async function column(page, title) {
  const section = page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) }).last();
  return (await section.innerText()).replace(title, '').trim();
}

/** The sentences below the two columns: what else happens, and which mail goes out. */
export const notes = async (page) =>
  (await page.locator('.effects').last().getByRole('listitem').allInnerTexts()).map((text) => text.trim());
