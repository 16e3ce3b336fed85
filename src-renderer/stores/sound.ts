import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { bridge } from '../app/bridge.ts';
import type { Session } from '../../src-preload/contract/application.ts';
import type { SoundFrame } from '../../src-preload/contract/layouts/SoundFrame.ts';
import { SoundPlayer } from '../features/sound/SoundPlayer.ts';

/** How one machine is heard. */
export interface Loudness {
  /** 0 to 1. */
  readonly volume: number;
  readonly isMuted: boolean;
}

const SESSION_KEY = 'sound';
const USUAL: Loudness = { volume: 0.7, isMuted: false };
/** A machine counts as heard for so long after its last samples. */
const HEARD_MS = 300;

/** What machines give to hear: played all the time, each as loud as the user has it. */
export const useSound = defineStore('sound', () => {
  const player = new SoundPlayer();
  const loudness = shallowRef<Readonly<Record<string, Loudness>>>({});
  /** Machines that sound now. */
  const sounding = shallowRef<ReadonlySet<string>>(new Set());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function of(id: string): Loudness {
    return loudness.value[id] ?? USUAL;
  }

  function change(id: string, changes: Partial<Loudness>): void {
    const next = { ...of(id), ...changes };
    loudness.value = { ...loudness.value, [id]: next };
    player.setVolume(id, next.isMuted ? 0 : next.volume);
    void bridge().call('session:update', { [SESSION_KEY]: savedOf(loudness.value) });
  }

  function toggleMute(id: string): void {
    change(id, { isMuted: !of(id).isMuted });
  }

  function setVolume(id: string, volume: number): void {
    change(id, { volume: Math.max(0, Math.min(1, volume)), isMuted: false });
  }

  function restore(session: Session): void {
    const saved = session[SESSION_KEY];
    if (!saved || typeof saved !== 'object' || Array.isArray(saved)) return;
    const known: Record<string, Loudness> = {};
    for (const [id, each] of Object.entries(saved)) {
      if (!each || typeof each !== 'object' || Array.isArray(each)) continue;
      const { volume, isMuted } = each;
      if (typeof volume === 'number' && volume >= 0 && volume <= 1 && typeof isMuted === 'boolean')
        known[id] = { volume, isMuted };
    }
    loudness.value = known;
  }

  function take({ machines }: SoundFrame): void {
    for (const { id, samples } of machines) {
      noteHeard(id);
      const { volume, isMuted } = of(id);
      if (!isMuted) player.play(id, samples, volume);
    }
  }

  function noteHeard(id: string): void {
    clearTimeout(timers.get(id));
    if (!sounding.value.has(id)) sounding.value = new Set([...sounding.value, id]);
    timers.set(
      id,
      setTimeout(() => {
        timers.delete(id);
        sounding.value = new Set([...sounding.value].filter((each) => each !== id));
      }, HEARD_MS),
    );
  }

  function connect(): () => void {
    const stream = bridge().open('stream:sound', {}, { onFrame: take });
    return () => {
      stream.close();
      player.close();
    };
  }

  return { of, sounding, toggleMute, setVolume, restore, connect };
});

function savedOf(loudness: Readonly<Record<string, Loudness>>): Session[string] {
  return Object.fromEntries(Object.entries(loudness).map(([id, { volume, isMuted }]) => [id, { volume, isMuted }]));
}
