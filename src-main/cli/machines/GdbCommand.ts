import { EXIT_STATUS } from '../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from './MachineCommands.ts';

/** `vivarium gdb`: the machine's owner listens, and this command prints what to type into a shell. */
export function openGdb(context: MachineContext, word: string, port: number | null): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const server = valueOf(await control.call('gdb:open', { id, port }));
    if (context.isJson) await printJson(context, server);
    // Nothing else on standard output: a script may run it.
    await say(context, server.command);
    return EXIT_STATUS.success;
  });
}

/** `vivarium gdb --close` */
export function closeGdb(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id, name } = await machineNamed(control, word);
    valueOf(await control.call('gdb:close', { id }));
    if (context.isJson) await printJson(context, null);
    await say(context, `“${name}” waits for no gdb.`);
    return EXIT_STATUS.success;
  });
}
