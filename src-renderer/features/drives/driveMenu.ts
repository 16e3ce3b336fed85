import { CircleArrowOutUpRight, FolderOpen, Settings2 } from '@lucide/vue';
import { useI18n } from 'vue-i18n';
import type { DriveSlot, VmDrive, VmSummary } from '../../../src-preload/contract/machines.ts';
import { bridge } from '../../app/bridge.ts';
import { useDialogs } from '../../stores/dialogs.ts';
import { useMachines } from '../../stores/machines.ts';
import { useNotices } from '../../stores/notices.ts';
import { action, separator, type MenuItem } from '../../ui/MenuItem.ts';
import { isAlive } from '../machines/machineActions.ts';
import { ACCESSES, isRemovable } from './drives.ts';

/** What can be done with one drive of a machine: at once with those whose medium can be changed. */
export function useDriveMenu(machineOf: () => VmSummary): (slot: DriveSlot, drive: VmDrive | undefined) => MenuItem[] {
  const { t } = useI18n();
  const machines = useMachines();
  const notices = useNotices();
  const dialogs = useDialogs();

  async function insert(slot: DriveSlot): Promise<void> {
    const machine = machineOf();
    const file = notices.settle(`machine:${machine.id}`, await bridge().call('image:pick', { slot }));
    if (!file || !isRemovable(slot)) return;
    const access = slot === 'cdrom' ? 'read-only' : 'read-write';
    await machines.changeMedium(machine.id, slot, { token: file.token, access });
  }

  /** A removable medium is taken out and put in again; a disk changes with the settings of a machine that is off. */
  async function setAccess(drive: VmDrive, access: VmDrive['access']): Promise<void> {
    const machine = machineOf();
    const { slot, file } = drive;
    if (drive.access === access) return;
    if (isRemovable(slot)) {
      await machines.changeMedium(machine.id, slot, { token: file.token, access });
      return;
    }
    const drives = machine.drives.map((each) => ({
      slot: each.slot,
      token: each.file.token,
      access: each === drive ? access : each.access,
    }));
    notices.settle(`machine:${machine.id}`, await machines.update(machine.id, {}, drives));
  }

  return (slot, drive) => {
    const machine = machineOf();
    const items: MenuItem[] = [];
    if (isRemovable(slot)) {
      items.push(
        action('insert', t('drive.insert'), () => void insert(slot), { icon: FolderOpen }),
        action('eject', t('drive.eject'), () => void machines.changeMedium(machine.id, slot, null), {
          icon: CircleArrowOutUpRight,
          disabled: !drive,
        }),
      );
    }
    if (drive && slot !== 'cdrom') {
      if (items.length > 0) items.push(separator);
      for (const access of ACCESSES) {
        items.push(
          action(`access-${access}`, t(`access.${access}`), () => void setAccess(drive, access), {
            checked: drive.access === access,
            disabled: isAlive(machine) && !isRemovable(slot),
          }),
        );
      }
    }
    items.push(
      separator,
      action('drive-settings', t('drive.settings'), () => (dialogs.settingsOf = machine.id), { icon: Settings2 }),
    );
    return items;
  };
}
