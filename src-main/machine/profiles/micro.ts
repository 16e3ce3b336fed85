import { isaProfile } from './isa.ts';
import type { DeviceKind, MachineProfile } from './MachineProfile.ts';

const KINDS: readonly DeviceKind[] = [
  'pic-master',
  'pic-slave',
  'pit',
  'port61',
  'rtc',
  'uart',
  'post',
  'debug-port',
  'power-port',
  'fw-cfg',
];

/** The least that a kernel needs: serial ports, interrupts, time, and a way to switch off. No keyboard, no screen. */
export const microProfile: MachineProfile = {
  name: 'micro',
  hasLocalApic: true,
  devices: isaProfile.devices.filter(({ kind }) => KINDS.includes(kind)),
};
