// Pages in Spanish: by what somebody chooses, and by what their browser says.

import assert from 'node:assert/strict';

import * as j from './journey.mjs';

const house = j.furnish();

const isIn = async (page, code) => assert.equal(await page.locator('html').getAttribute('lang'), code);

j.journey('I-08 pages in Spanish, as one chooses on My Profile', house, async (walk) => {
  const address = walk.address('sol');
  await walk.user('Sol', 'Ríos', address, 'administrator');
  await walk.user('Pat', 'Late', walk.address('pat'), 'manager');
  const page = await walk.accept(address);
  await page.goto('/me');
  await isIn(page, 'en');
  await page.getByLabel('Language').selectOption({ label: 'Español' });
  await walk.look(page, 'language-choice');
  await j.press(page, 'Save changes');
  await j.sees(page, 'Guardado.');
  await isIn(page, 'es');
  await walk.look(page, 'es-profile');

  for (const [path, title, name] of [
    [house.home, 'Le damos la bienvenida, Sol', 'es-home'],
    [`${house.home}/users`, 'Usuarios', 'es-users'],
    [`${house.home}/users?tab=pending`, 'Usuarios', 'es-users-pending'],
    [`${house.home}/users/new`, '¿Será esta persona agente en Lead Center?', 'es-create'],
    [`${house.home}/companies`, 'Todas las empresas', 'es-companies'],
    [`${house.home}/activity`, 'Actividad', 'es-activity'],
    [`${house.home}/settings`, 'Configuración de la cuenta', 'es-settings'],
    [`${house.home}/permissions`, 'Qué puede hacer cada tipo de usuario', 'es-types'],
    [`${house.home}/jobs/new`, 'Crear varios usuarios', 'es-list'],
    [`${house.home}/access-reviews`, 'Revisión de accesos', 'es-reviews'],
    ['/me/sessions', 'Mi perfil', 'es-sessions'],
  ]) {
    await page.goto(path);
    await j.on(page, title);
    await isIn(page, 'es');
    await walk.look(page, name);
  }
  await page.goto(`${house.home}/users`);
  await j.follow(page, 'Sol Ríos');
  await j.on(page, 'Sol Ríos');
  await walk.look(page, 'es-user');

  // A mail that concerns them is in Spanish, too.
  const other = await walk.stranger();
  await other.goto('/reset');
  await j.fill(other, { 'Email address': address });
  await j.press(other, 'Send me the link');
  assert.match((await house.mail.next(address)).text, /Se nos pidió restablecer la contraseña/);

  // The browser keeps the choice when they have signed out.
  await page.goto('/me');
  await page.getByRole('button', { name: 'Mi cuenta' }).locator('visible=true').click();
  await page.getByRole('button', { name: 'Cerrar sesión' }).locator('visible=true').click();
  await j.on(page, 'Iniciar sesión');
});

j.journey('I-08 pages in the language of the browser, or chosen at their foot', house, async (walk) => {
  const page = await walk.stranger({ locale: 'es-MX' });
  await page.goto('/sign-in?next=/accounts');
  await j.on(page, 'Iniciar sesión');
  await isIn(page, 'es');
  await walk.look(page, 'es-sign-in');
  await j.press(page, 'Iniciar sesión');
  await j.errors(page, { email: 'Escriba la dirección de correo.', password: 'Escriba la contraseña.' });
  await walk.look(page, 'es-sign-in-error');
  await page.goto('/sign-in?next=/accounts');
  await j.press(page, 'English');
  await j.on(page, 'Sign in');
  await isIn(page, 'en');
  assert.match(page.url(), /\/sign-in\?next=\/accounts$/);
  await page.goto('/reset');
  await j.on(page, 'Set a new password');
  await j.press(page, 'Español');
  await j.on(page, 'Fije una contraseña nueva');
  await walk.look(page, 'es-reset');
});
