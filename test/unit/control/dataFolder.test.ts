import { expect, test } from 'vitest';
import { dataFolder } from '../../../src-main/control/dataFolder.ts';

const home = '/home/ada';

test.each([
  ['linux', {}, '/home/ada/.config/Vivarium'],
  ['linux', { XDG_CONFIG_HOME: '/cfg' }, '/cfg/Vivarium'],
  ['darwin', {}, '/home/ada/Library/Application Support/Vivarium'],
  ['linux', { VIVARIUM_HOME: '/mine' }, '/mine'],
  ['linux', { VIVARIUM_HOME: '' }, '/home/ada/.config/Vivarium'],
] as const)('on %s with %j it is %s', (platform, environment, folder) => {
  expect(dataFolder({ platform, environment, home })).toBe(folder);
});
