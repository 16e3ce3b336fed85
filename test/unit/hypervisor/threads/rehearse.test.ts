import { expect, test } from 'vitest';
import { rehearse } from '../../../../src-main/hypervisor/threads/rehearse.ts';
import { TranslatedThreadMachine } from '../../../../src-main/hypervisor/threads/TranslatedThreadMachine.ts';
import type { ThreadMachine } from '../../../../src-main/hypervisor/threads/ThreadMachine.ts';
import { CompiledHandlers } from '../../../../src-main/engine/accelerators/translate/index.ts';
import { compileThreadedHandlers } from '../../../../src-main/hypervisor/threadedHandlers.ts';

test('a rehearsal starts a machine, lets it run, and goes through a restore', async () => {
  const { module } = await compileThreadedHandlers();
  let machine: ThreadMachine | undefined;
  rehearse(
    (definition, sinks) => (machine = new TranslatedThreadMachine(definition, sinks, new CompiledHandlers(module))),
  );
  expect(machine?.instructionAddress(0)).not.toBe(0xffff_fff0);
  expect(machine?.step().reason).toBe('budget');
});
