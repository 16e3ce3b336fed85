import { expect, test } from 'vitest';
import { OutputBuffer } from '../../../src-main/cli/OutputBuffer.ts';
import { SideOutput } from '../../../src-main/cli/SideOutput.ts';

function say(side: SideOutput, name: 'lpt' | 'debug', text: string): void {
  for (const byte of Buffer.from(text)) side.add(name, byte);
}

test('the report has everything, standard output only what is wanted', () => {
  const output = new OutputBuffer({ mostKept: 100 });
  const side = new SideOutput(output, ['lpt', 'post']);
  say(side, 'lpt', 'printed');
  say(side, 'debug', 'said');
  side.add('post', 0x0c);
  expect(Buffer.from(output.take(0)).toString()).toBe('printed\nPOST 0Ch\n');
  expect(side.report()).toEqual({ parallel: 'printed', debug: 'said', post: [12] });
});

test('the report has the newest of a flood', () => {
  const side = new SideOutput(new OutputBuffer({ mostKept: 100 }), []);
  for (let count = 0; count < 300_000; count++) side.add('post', count & 0xff);
  const { post } = side.report();
  expect([post.length, post.at(-1)]).toEqual([65_536, 299_999 & 0xff]);
});
