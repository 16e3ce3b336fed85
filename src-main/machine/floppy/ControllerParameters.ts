import type { DeviceState } from '../BusDevice.ts';
import { readByte, readBytes, readFlag } from '../snapshot.ts';

const CONFIGURE_NO_POLL = 0x10;
const SPECIFY_NO_DMA = 0x01;

/** What commands have told the controller for those that follow; DUMPREG shows it (82077AA datasheet, "Commands"). */
export class ControllerParameters {
  perpendicular = 0;
  isLocked = false;
  /** The last sector number of the last transfer's track, or how many sectors were to be formatted. */
  lastTrackLength = 0;
  private stepRateAndHeads: readonly [number, number] = [0, 0];
  private configuration = 0;
  private precompensation = 0;

  specify(stepRate: number, headLoad: number): void {
    this.stepRateAndHeads = [stepRate, headLoad];
  }

  configure(configuration: number, precompensation: number): void {
    this.configuration = configuration;
    this.precompensation = precompensation;
  }

  get usesDma(): boolean {
    return (this.stepRateAndHeads[1] & SPECIFY_NO_DMA) === 0;
  }

  /** A reset is followed by a look at each drive's ready line. */
  get polls(): boolean {
    return (this.configuration & CONFIGURE_NO_POLL) === 0;
  }

  /** DUMPREG's bytes behind the drives' cylinders. */
  dump(): number[] {
    const locked = (this.isLocked ? 0x80 : 0) | (this.perpendicular & 0x3f);
    return [...this.stepRateAndHeads, this.lastTrackLength, locked, this.configuration, this.precompensation];
  }

  /** Power-on. */
  reset(): void {
    this.specify(0, 0);
    this.configure(0, 0);
    this.perpendicular = 0;
    this.isLocked = false;
    this.lastTrackLength = 0;
  }

  /** A reset by the guest: what CONFIGURE set stays when it is locked (datasheet, "Lock"). */
  resetUnlocked(): void {
    if (!this.isLocked) this.configure(0, 0);
  }

  save(): Omit<DeviceState, 'version'> {
    return {
      specify: this.stepRateAndHeads,
      configuration: this.configuration,
      precompensation: this.precompensation,
      perpendicular: this.perpendicular,
      isLocked: this.isLocked,
      lastTrackLength: this.lastTrackLength,
    };
  }

  /** @param state the controller's, which these are a part of */
  restore(state: DeviceState): void {
    const [stepRate = 0, headLoad = 0] = readBytes(state, 'specify', 2, 2);
    this.specify(stepRate, headLoad);
    this.configure(readByte(state, 'configuration'), readByte(state, 'precompensation'));
    this.perpendicular = readByte(state, 'perpendicular');
    this.isLocked = readFlag(state, 'isLocked');
    this.lastTrackLength = readByte(state, 'lastTrackLength');
  }
}
