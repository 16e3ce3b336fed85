import type { sound as English } from '../en/sound.ts';

export const sound: typeof English = {
  sound: {
    label: '声音',
    mute: '将此虚拟机静音',
    unmute: '取消此虚拟机的静音',
    volume: '音量',
  },
};
