/**
 * What the scripts say while they work. Everything goes to standard error: the standard output of
 * `npm run -s vivarium` belongs to the program that it runs.
 */
import { spawn } from 'node:child_process';

const colour = process.stderr.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = (text) => paint('1', text);
export const dim = (text) => paint('2', text);
export const red = (text) => paint('31', text);
export const green = (text) => paint('32', text);
export const yellow = (text) => paint('33', text);

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function warn(text) {
  say(yellow(`warning: ${text}`));
}

/** A failure that the user can act on: it is shown without a stack trace. */
export class SetupError extends Error {}

export const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** Shows that `work` goes on, and how long it took. A terminal sees a running clock, a log a line every ten seconds. */
export async function step(title, work) {
  const started = Date.now();
  const tty = process.stderr.isTTY;
  if (tty) process.stderr.write(`${title} ...`);
  else say(`${title} ...`);
  let lastNote = started;
  const clock = setInterval(
    () => {
      if (tty) {
        process.stderr.write(`\r\x1b[K${title} ... ${dim(seconds(started))}`);
      } else if (Date.now() - lastNote >= 10_000) {
        lastNote = Date.now();
        say(`  still at it, ${seconds(started)}: ${title}`);
      }
    },
    tty ? 250 : 1000,
  );
  try {
    const result = await work();
    clearInterval(clock);
    say(tty ? `\r\x1b[K${title} ${green('done')} ${dim(seconds(started))}` : `  done in ${seconds(started)}`);
    return result;
  } catch (error) {
    clearInterval(clock);
    say(tty ? `\r\x1b[K${title} ${red('failed')} ${dim(seconds(started))}` : `  failed after ${seconds(started)}`);
    throw error;
  }
}

/**
 * Runs a command with its output collected.
 *
 * @returns {Promise<{ status: number, output: string }>} `status` is 127 when the command does not exist
 */
export function collect(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const timer = timeoutMs ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ status: 127, output: `${output}${error.message}\n` });
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, output });
    });
  });
}

/** Runs `main` as a script: a SetupError ends it with its message alone. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    say(error instanceof SetupError ? `\n${red('error:')} ${error.message}` : error);
    process.exitCode = 1;
  }
}
