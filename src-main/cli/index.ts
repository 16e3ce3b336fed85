import { runCommandLine } from './commandLine.ts';
import { ProcessTerminal } from './Terminal.ts';

void runCommandLine(process.argv.slice(2), new ProcessTerminal()).then((status) => {
  // Not `process.exit`: what was written to a pipe must reach it first.
  process.exitCode = status;
});
