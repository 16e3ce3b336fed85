import { type DeviceDescription, register } from '../describe/RegisterReading.ts';
import { fieldsIn } from '../describe/stateFields.ts';

export const FW_CFG: DeviceDescription = {
  model: 'fw_cfg',
  group: 'board',
  registers: (state) => {
    const { number } = fieldsIn(state);
    return [register('Selector', 16, number('selected')), register('Position', 32, number('position'))];
  },
};
