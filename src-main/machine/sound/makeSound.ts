import type { TimerSource } from '../BusDevice.ts';
import type { PciChipset } from '../pci/PciChipset.ts';
import type { Pit8254 } from '../pit/Pit8254.ts';
import type { Port61 } from '../platform/Port61.ts';
import { Es1370 } from './Es1370.ts';
import { Mixer, type SoundSink } from './Mixer.ts';
import { PcSpeaker } from './PcSpeaker.ts';

export interface SoundParts {
  readonly timers: TimerSource;
  readonly pit: Pit8254;
  readonly port61: Port61 | undefined;
  /** A sound card is plugged in where there are slots. */
  readonly pci: PciChipset | undefined;
  readonly sink: SoundSink;
}

/** The loudspeaker, what drives it, and a sound card. */
export function makeSound({ timers, pit, port61, pci, sink }: SoundParts): Mixer {
  const mixer = new Mixer('mixer', timers.of('mixer'), sink);
  const catchUp = (): void => mixer.catchUp();
  if (port61) {
    mixer.add(
      new PcSpeaker(
        () => port61.isSpeakerOn,
        (timeNs) => pit.speakerOutputAt(timeNs),
      ),
    );
    port61.beforeSpeakerChange = catchUp;
    pit.beforeSpeakerChange = catchUp;
  }
  if (pci) {
    const card = new Es1370('sound0', timers.of('sound0'), catchUp);
    mixer.add(card);
    pci.attachSound(card);
  }
  return mixer;
}
