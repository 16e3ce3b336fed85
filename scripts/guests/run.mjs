import { spawnSync } from 'node:child_process';

const MOST_OUTPUT = 256 * 1024 * 1024;

/** What a command writes to its standard output; throws an error that names the command and its complaint. */
export function run(command, parameters, options = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, { maxBuffer: MOST_OUTPUT, ...options });
  if (error) throw new Error(`${command} cannot be run: ${error.message}.`);
  if (status !== 0) throw new Error(`${command} ${parameters.at(-1)} failed: ${stderr.toString().trim()}`);
  return stdout;
}

/** Which of these commands this system lacks. */
export function missingCommands(commands) {
  return commands.filter((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
}
