export const sound = {
  sound: {
    label: 'Sound',
    mute: 'Mute this machine',
    unmute: 'Let this machine be heard',
    volume: 'Volume',
  },
};
