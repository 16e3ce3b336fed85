import type { Language, Notification } from '../../src-preload/contract/application.ts';
import { handedOverText } from '../control/handedOverText.ts';
import { interruptedText } from '../control/interruptedText.ts';
import type { Machines } from '../control/Machines.ts';
import { toProblem } from '../control/outcomes.ts';
import type { HypervisorService, VmId } from '../hypervisor/types.ts';
import type { Settings } from './settings/Settings.ts';

export interface SleepingMachinesParts {
  readonly hypervisor: HypervisorService;
  readonly machines: Machines;
  readonly settings: Pick<Settings, 'suspended'>;
  /** What the user would miss: all machines but a demonstration's. */
  isKept(id: VmId): boolean;
  language(): Language;
  /** Said to the user as soon as there is a page. */
  notify(notification: Notification): void;
}

/** Machines while there is no window: they are suspended when it goes, and go on when it comes. */
export class SleepingMachines {
  private readonly parts: SleepingMachinesParts;

  constructor(parts: SleepingMachinesParts) {
    this.parts = parts;
  }

  /**
   * Lets go on what the last window has suspended, what a killed process has left with a checkpoint, and what was
   * handed over by an owner without a window; then starts, one after the other, those that start with the app.
   */
  async wake(handedOver: readonly VmId[]): Promise<void> {
    const { hypervisor, machines } = this.parts;
    const woken = new Set([...this.wakeSuspended(), ...this.wakeInterrupted(), ...this.wakeHandedOver(handedOver)]);
    for (const { id, name, autostart, state } of hypervisor.list()) {
      if (!autostart || state !== 'off' || woken.has(id)) continue;
      const started = await machines.start(id);
      if (started.ok) continue;
      const message = `“${name}” could not be started with the app. ${started.problem.message}`;
      this.parts.notify({ severity: 'error', problem: { ...started.problem, message }, vm: id });
    }
  }

  /** Before the end of the app. Returns whether all are; if not, the app stays, and those that are go on. */
  async suspend(): Promise<boolean> {
    const { hypervisor, machines, settings } = this.parts;
    const alive = machines.alive.filter(({ id }) => this.parts.isKept(id));
    const results = await Promise.all(alive.map(async ({ id }) => ({ id, result: await hypervisor.suspend(id) })));
    settings.suspended.set(results.flatMap(({ id, result }) => (result.ok ? [id] : [])));
    await settings.suspended.flush();
    for (const { id, result } of results)
      if (!result.ok) this.parts.notify({ severity: 'error', problem: toProblem(result.error), vm: id });
    const isDone = results.every(({ result }) => result.ok);
    if (!isDone) this.wakeSuspended();
    return isDone;
  }

  private wakeSuspended(): readonly VmId[] {
    const { hypervisor, settings } = this.parts;
    const woken = settings.suspended.value.filter((id) => hypervisor.get(id)?.isSuspended === true);
    for (const id of woken) void this.start(id);
    settings.suspended.set([]);
    return woken;
  }

  private wakeInterrupted(): readonly VmId[] {
    const interrupted = this.parts.hypervisor.list().filter(({ interruptedAt }) => interruptedAt !== null);
    for (const { id, name, interruptedAt } of interrupted)
      void this.start(id, () => ({
        severity: 'warning',
        problem: { code: 'interrupted', message: interruptedText(name, interruptedAt ?? 0, this.parts.language()) },
      }));
    return interrupted.map(({ id }) => id);
  }

  private wakeHandedOver(ids: readonly VmId[]): readonly VmId[] {
    for (const id of ids) {
      const vm = this.parts.hypervisor.get(id);
      if (vm === undefined) continue;
      void this.start(id, () => ({
        severity: 'info',
        problem: { code: 'handed-over', message: handedOverText(vm.name, this.parts.language()) },
      }));
    }
    return ids;
  }

  /** One that cannot go on stays suspended. */
  private async start(id: VmId, news?: () => Omit<Notification, 'vm'>): Promise<void> {
    const started = await this.parts.machines.start(id);
    if (!started.ok) this.parts.notify({ severity: 'error', problem: started.problem, vm: id });
    else if (news) this.parts.notify({ ...news(), vm: id });
  }
}
