import { spawn } from 'node:child_process';
import { SetupError } from './progress.mjs';

const START_TIMEOUT_MS = 15_000;

/**
 * Starts an X server without a screen, on a display number of its own choice.
 *
 * @returns {Promise<{ name: string, stop: () => void }>}
 */
export function startXvfb() {
  return new Promise((resolve, reject) => {
    const args = ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-noreset'];
    const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const stop = () => server.kill();
    let complaint = '';
    const fail = (why) => {
      stop();
      reject(new SetupError(`Xvfb, the virtual display, did not start: ${why}`));
    };
    const timer = setTimeout(() => fail(`no answer in ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    process.on('exit', stop);
    server.stderr.on('data', (data) => (complaint += data));
    server.on('error', (error) => fail(error.message));
    server.on('exit', (status) => fail(`it ended with status ${status}. ${complaint.trim()}`));
    server.stdio[3].once('data', (data) => {
      clearTimeout(timer);
      resolve({ name: `:${String(data).trim()}`, stop });
    });
  });
}
