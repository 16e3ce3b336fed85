import { listBlock } from '../debug/BlockListing.ts';
import type { TranslatedMachine } from '../hypervisor/TranslatedMachine.ts';
import type { Terminal } from './Terminal.ts';

/** Blocks listed for each processor. */
const MOST_BLOCKS = 100;

/** `--trace code`: what was entered most in a run, by physical addresses, with its records. */
export function traceCode({ memory, processors }: TranslatedMachine, terminal: Terminal): void {
  const read = (physicalAddress: number, byteLength: number): Uint8Array => {
    const host = memory.host(memory.gated(physicalAddress));
    return host === 0 ? new Uint8Array(0) : memory.bytes.slice(host, host + byteLength);
  };
  for (const { id, inspector } of processors) {
    const blocks = inspector.hottestBlocks(MOST_BLOCKS);
    terminal.complain(`;; vCPU ${id}: code by how often it was entered, at physical addresses`);
    for (const block of blocks) terminal.complain(listBlock(block, read));
  }
}
