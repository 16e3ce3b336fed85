import type { Command, Option } from 'commander';
import { commandLineProgram } from '../../src-main/cli/commandLine.ts';
import { cell, page, table } from './markdown.ts';

/** docs/reference/command-line.md: every command with its options, as commander knows them. */
export function commandLinePage(): string {
  let shown = '';
  const program = commandLineProgram({
    write: (chunk) => Promise.resolve(void (shown += String(chunk))),
    complain: () => undefined,
    listen: () => () => undefined,
    onInterrupt: () => () => undefined,
  });
  const chapters = program.commands
    .filter((command) => command.name() !== 'help')
    .map((command) => {
      shown = '';
      command.outputHelp();
      // What a command adds to its own list of options.
      const notes = shown
        .slice(command.helpInformation().length)
        .replace(/^\s*\n/, '')
        .trimEnd();
      return chapter(command, notes);
    });
  return page('Every command and option', 'the definitions in `src-main/cli`', [
    'What the commands are for, with examples: [Machines from the command line](../command-line.md).',
    ...chapters,
  ]);
}

function chapter(command: Command, notes: string): string {
  const help = command.createHelp();
  // None where the usage says all there is to say.
  const parameters = help
    .visibleArguments(command)
    .map((argument) => [`\`${argument.name()}\``, cell(argument.description)]);
  const options = help.visibleOptions(command).map((option) => [`\`${option.flags}\``, meaning(option)]);
  return [
    `## vivarium ${command.name()}`,
    `${capitalised(command.description())}.`,
    `\`\`\`sh\nvivarium ${command.name()} ${command.usage()}\n\`\`\``,
    ...(parameters.length > 0 ? [table(['argument', 'meaning'], parameters)] : []),
    ...(options.length > 0 ? [table(['option', 'meaning'], options)] : []),
    ...(notes === '' ? [] : [`\`\`\`text\n${notes}\n\`\`\``]),
  ].join('\n\n');
}

function meaning({ description, defaultValue, argChoices, mandatory }: Option): string {
  const remarks = [
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(mandatory ? ['needed'] : []),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'number' ? [`default: ${defaultValue}`] : []),
  ];
  return cell(remarks.length > 0 ? `${description} (${remarks.join('; ')})` : description);
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
