import type { InterruptRoute, LoggedOutput } from '../../../../src-preload/contract/devices.ts';
import { outputLines } from '../../../../src-preload/contract/readings/outputLines.ts';
import { registerParts } from '../../../../src-preload/contract/readings/registerFields.ts';
import { EXIT_STATUS, UsageError } from '../../ExitStatus.ts';
import { machineNamed, printJson, say, valueOf, withMachines, type MachineContext } from '../MachineCommands.ts';
import { tableOf } from '../machineReport.ts';
import { hex } from './hexText.ts';

/** `vivarium devices`: what a machine has, where it lies, and how often the guest has reached it. */
export function listDevices(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const devices = valueOf(await control.call('devices:list', { id }));
    if (context.isJson) await printJson(context, devices);
    else {
      const rows = devices.map(({ id: name, model, pciPlace, places, reads, writes }) => {
        const ranges = places.map(({ space, first, byteLength }) => {
          const digits = space === 'port' ? 4 : 8;
          const last = byteLength === 1 ? '' : `-${hex(first + byteLength - 1, digits)}`;
          return `${hex(first, digits)}${last}`;
        });
        return [name, model, pciPlace ?? '-', String(reads), String(writes), ranges.join(' ')];
      });
      await context.terminal.write(tableOf([['DEVICE', 'MODEL', 'PCI', 'READS', 'WRITES', 'AT'], ...rows]));
    }
    return EXIT_STATUS.success;
  });
}

/** `vivarium devices MACHINE DEVICE`: its state, register by register, as datasheets name the fields. */
export function showDevice(context: MachineContext, word: string, device: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const registers = valueOf(await control.call('devices:registers', { id, device }));
    if (registers === null) {
      const names = valueOf(await control.call('devices:list', { id })).map(({ id: name }) => name);
      throw new UsageError(`devices ${device}: the machine has no such device. It has: ${names.join(' ')}.`);
    }
    if (context.isJson) await printJson(context, registers);
    else if (registers.length === 0) await say(context, `${device} keeps nothing.`);
    else {
      const rows = registerParts(registers, new Map()).flatMap((part) =>
        part.rows.map(({ name, text, fields }) => [
          [part.name, name].filter((each) => each !== '').join(' '),
          text,
          fields.map((field) => (field.isFlag ? (field.value === 1 ? field.name : '') : `${field.name}=${field.value}`)).filter((each) => each !== '').join(' '), // prettier-ignore
        ]),
      );
      await context.terminal.write(tableOf(rows));
    }
    return EXIT_STATUS.success;
  });
}

/** `vivarium devices --interrupts`: who requests what, and what both controllers make of it. */
export function showInterrupts(context: MachineContext, word: string): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const routing = valueOf(await control.call('devices:interrupts', { id }));
    if (context.isJson) {
      await printJson(context, routing);
      return EXIT_STATUS.success;
    }
    const rows = routing.routes.map(({ irq, drivers, pic, ioApic }) => [
      String(irq),
      drivers.map(({ owner, requests }) => `${owner} ${requests}`).join(', ') || '-',
      `${hex(pic.vector, 2)} ${picWords(pic)} ${pic.taken}`,
      ioApic ? `pin ${ioApic.pin} ${hex(ioApic.vector, 2)} ${ioApic.isMasked ? 'masked' : 'open'} ${ioApic.sent}` : '-',
    ]);
    await context.terminal.write(tableOf([['IRQ', 'REQUESTS', '8259: VECTOR, STATE, TAKEN', 'I/O APIC'], ...rows]));
    for (const { name, irq, functions } of routing.pciLines)
      await say(context, `${name} -> ${irq === null ? 'nowhere' : `IRQ ${irq}`}: ${functions.map((each) => each.id).join(' ') || 'nobody'}`); // prettier-ignore
    for (const { vcpu, localApic } of routing.processors)
      if (localApic) {
        const taken = localApic.taken.map(({ vector, count }) => `${hex(vector, 2)} ${count}`).join(', ') || 'none';
        const pic = localApic.acceptsPic ? ', lets the 8259 through' : '';
        await say(
          context,
          `vCPU ${vcpu}: local APIC ${localApic.isEnabled ? 'on' : 'off'}${pic}; vectors taken: ${taken}`,
        );
      }
    return EXIT_STATUS.success;
  });
}

/** `vivarium devices --output`: the newest that the guest has written to a port, with the guest's time. */
export function showOutput(context: MachineContext, word: string, output: LoggedOutput): Promise<number> {
  return withMachines(context, async (control) => {
    const { id } = await machineNamed(control, word);
    const logs = valueOf(await control.call('devices:outputs', { id }));
    const nothing = { output, total: 0, bytes: new Uint8Array(0), timesNs: new Float64Array(0) };
    const log = logs.find((each) => each.output === output) ?? nothing;
    if (context.isJson) await printJson(context, log);
    const lines = outputLines(log);
    for (const { timeMs, text } of lines) await say(context, `${(timeMs / 1000).toFixed(6)}  ${text}`);
    if (lines.length === 0) await say(context, `Nothing was written to ${output}.`);
    return EXIT_STATUS.success;
  });
}

function picWords({ isMasked, isRequested, isInService }: InterruptRoute['pic']): string {
  return [isMasked ? 'masked' : 'open', isRequested ? 'requested' : '', isInService ? 'in service' : '']
    .filter((word) => word !== '')
    .join(' ');
}
