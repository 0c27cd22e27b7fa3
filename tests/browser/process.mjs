// Programs that a test starts: their lines, and a certain end.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Starts a program. `line(pattern)` waits for a line of its output; `stop()` ends it with SIGTERM and tells how it
 * ended, as does `ended()`, which is null while it runs.
 */
export function start(command, args, { env = {}, seconds = 20 } = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env } });
  const name = [command, ...args].join(' ');
  let output = '';
  const waiting = new Set();
  const tell = () => waiting.forEach((look) => look());
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => ((output += text), tell()));
  }
  let ended = null;
  const end = new Promise((resolve) => {
    child.on('error', (error) => ((ended = String(error)), tell(), resolve(ended)));
    child.on('exit', (code, signal) => ((ended = signal ?? `exit code ${code}`), tell(), resolve(ended)));
  });
  // A test file that fails half-way must not leave its programs behind.
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  end.then(() => process.off('exit', kill));

  const line = (pattern) =>
    new Promise((resolve, reject) => {
      const giveUp = (why) => finish(reject, new Error(`${name}: ${why}; waited for ${pattern}. Its output:\n${output}`));
      const finish = (settle, value) => {
        waiting.delete(look);
        clearTimeout(timer);
        settle(value);
      };
      const look = () => {
        const found = output.match(pattern);
        if (found) finish(resolve, found);
        else if (ended) giveUp(`has ended (${ended})`);
      };
      const timer = setTimeout(() => giveUp(`said nothing of it for ${seconds} s`), seconds * 1000);
      waiting.add(look);
      look();
    });

  const stop = async () => {
    if (ended) return ended;
    child.kill('SIGTERM');
    let late = false;
    const timer = setTimeout(() => ((late = true), kill()), seconds * 1000);
    const how = await end;
    clearTimeout(timer);
    if (late) throw new Error(`${name}: was still running ${seconds} s after SIGTERM. Its output:\n${output}`);
    return how;
  };

  return { line, stop, output: () => output, ended: () => ended };
}

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
