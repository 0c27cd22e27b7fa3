// The built program with a fresh data folder:
//   const rollcall = await startRollcall();  …  await rollcall.stop();

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, root, start } from './process.mjs';

/** The program; another build can be tried with ROLLCALL_BINARY. */
export const built = process.env.ROLLCALL_BINARY ?? join(root, 'target/debug/rollcall');

/**
 * Starts `rollcall` and waits until it answers. Give `env` for further settings, `data` for a folder that has been
 * used before (it is then kept at the end), `args` for another command line.
 */
export async function startRollcall({ env = {}, data, binary = built, args = ['serve'], seconds = 20 } = {}) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build -p rollcall -p rollcall-seed\` first`);
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'rollcall-browser-')));
  const port = await freePort();
  // Passkeys work on localhost only, not on 127.0.0.1.
  const url = `http://localhost:${port}`;
  const settings = { ROLLCALL_LISTEN: `127.0.0.1:${port}`, ROLLCALL_BASE_URL: url, ROLLCALL_DATA_DIR: folder };
  const program = start(binary, args, { env: { ...settings, ...env }, seconds });
  const remove = async () => data || (await rm(folder, { recursive: true, force: true }));
  try {
    await answers(url, program, seconds);
  } catch (error) {
    await program.stop().finally(remove);
    throw error;
  }
  const link = async (kind) => (await program.line(new RegExp(`${kind} link: (\\S+)\\s`)))[1];
  return {
    url,
    data: folder,
    output: program.output,
    /** The link that makes the first account. */
    setupLink: () => link('set-up'),
    /** The link that signs the operator in. */
    operatorLink: () => link('operator'),
    stop: async () => {
      try {
        return await program.stop();
      } finally {
        await remove();
      }
    },
  };
}

/** Waits until the address gives any answer, but no longer than the program lives. */
async function answers(url, program, seconds) {
  for (const late = Date.now() + seconds * 1000; ; ) {
    try {
      await fetch(url, { redirect: 'manual' });
      return;
    } catch {
      const why = program.ended() ? `it has ended (${program.ended()})` : Date.now() > late && `waited ${seconds} s`;
      if (why) throw new Error(`rollcall does not answer on ${url}: ${why}. Its output:\n${program.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
