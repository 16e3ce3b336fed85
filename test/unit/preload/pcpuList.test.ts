import { expect, test } from 'vitest';
import { parsePcpuList, pcpuListText } from '../../../src-preload/contract/layouts/PcpuList.ts';

test.each([
  { text: '0', pcpus: [0], said: '0' },
  { text: ' 3, 1 ', pcpus: [1, 3], said: '1,3' },
  { text: '0-2,2,63', pcpus: [0, 1, 2, 63], said: '0-2,63' },
])('“$text” names the pCPUs $pcpus', ({ text, pcpus, said }) => {
  expect(parsePcpuList(text)).toEqual(pcpus);
  expect(pcpuListText(pcpus)).toBe(said);
});

test.each(['', 'all', '1,', '3-1', '64', '-1', '0-64', '1 2'])('“%s” is refused', (text) => {
  expect(parsePcpuList(text)).toBeNull();
});
