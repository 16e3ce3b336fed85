/** Of all sound, in Hz. */
export const SOUND_RATE_HZ = 44_100;

/** What machines gave to hear since the last frame. Machines that are silent are absent. */
export interface SoundFrame {
  readonly machines: readonly MachineSound[];
}

export interface MachineSound {
  readonly id: string;
  /** At `SOUND_RATE_HZ`, left and right in turn; what was lost on the way is not marked. */
  readonly samples: Int16Array;
}
