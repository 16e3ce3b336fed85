import { setTimeout as sleep } from 'node:timers/promises';
import type { Statistics } from '../../../src-preload/contract/observation.ts';
import { EXIT_STATUS } from '../ExitStatus.ts';
import {
  listMachines,
  machinesNamed,
  printJson,
  valueOf,
  withMachines,
  type MachineContext,
} from './MachineCommands.ts';
import { stateText, tableOf } from './machineReport.ts';

/** Rates want two samples; a headless owner takes none of its own. */
const BETWEEN_MS = 1_000;

const TIME_FIELDS = ['runMs', 'stolenMs', 'readyMs', 'haltedMs', 'cappedMs'] as const;
type TimeField = (typeof TIME_FIELDS)[number];

/** `vivarium stats`: where the processors' time goes, over one second. */
export function statistics(context: MachineContext, words: readonly string[]): Promise<number> {
  return withMachines(context, async (control) => {
    const listed = words.length > 0 ? await machinesNamed(control, words) : await listMachines(control);
    const isAnyAlive = listed.some(({ state }) => state === 'running');
    await control.call('statistics:read', undefined);
    if (isAnyAlive) await sleep(BETWEEN_MS);
    const { machines, ...whole } = valueOf(await control.call('statistics:read', undefined));
    const rows = listed.flatMap((vm) => {
      const figures = machines.find(({ id }) => id === vm.id);
      return figures ? [{ vm, figures }] : [];
    });
    if (context.isJson) {
      await printJson(context, {
        ...whole,
        machines: rows.map(({ vm, figures: { id, ...rest } }) => ({ id, name: vm.name, ...rest })),
      });
      return EXIT_STATUS.success;
    }
    await context.terminal.write(
      tableOf([
        ['NAME', 'STATE', 'SHARE', 'ENTITLED', 'MIPS', 'RUN', 'STOLEN', 'READY', 'HALTED', 'CAPPED', 'EXITS/S'],
        ...rows.map(({ vm, figures }) => [vm.name, stateText(vm), ...columnsOf(figures)]),
      ]),
    );
    return EXIT_STATUS.success;
  });
}

function columnsOf(figures: Statistics['machines'][number]): string[] {
  const { receivedShare, entitledShare, mips, vcpus, exitsPerSecond } = figures;
  const seconds = (field: TimeField): string =>
    `${(vcpus.reduce((sum, vcpu) => sum + vcpu[field], 0) / 1000).toFixed(1)} s`;
  const exits = Object.values(exitsPerSecond).reduce((sum, rate) => sum + rate, 0);
  return [
    `${(receivedShare * 100).toFixed(1)} %`,
    `${(entitledShare * 100).toFixed(1)} %`,
    mips.toFixed(1),
    ...TIME_FIELDS.map(seconds),
    exits.toFixed(0),
  ];
}
