import { Worker } from 'node:worker_threads';
import { builtFile } from '../../hypervisor/builtFile.ts';
import { messageOf } from '../../hypervisor/results.ts';
import { makeSymbolTable } from '../../debug/symbols/SymbolTable.ts';
import { readSymbols, type SymbolReply, type SymbolRequest } from './readSymbols.ts';

/** Never rejects. */
export type SymbolReader = (request: SymbolRequest) => Promise<SymbolReply>;

const SCRIPT = 'symbolThread.cjs';

/**
 * Reads symbols in a thread that lives as long as that takes, so that whoever asks is not held up.
 * @param entry the built script; undefined, as where the program runs from its sources: in this thread
 */
export function symbolReader(entry = builtFile(SCRIPT)): SymbolReader {
  if (entry === undefined) return (request) => Promise.resolve(readSymbols(request));
  return (request) =>
    new Promise<SymbolReply>((resolve) => {
      const thread = new Worker(entry, { workerData: request });
      thread.once('message', (reply: SymbolReply) => resolve(reply)); // It sends nothing else.
      thread.once('error', (error) => resolve(failed(request, messageOf(error))));
      thread.once('exit', () => resolve(failed(request, 'its reading ended early')));
      // The host may start no thread.
    }).catch((error: unknown) => failed(request, messageOf(error)));
}

/** A program without symbols is one all the same. */
function failed(request: SymbolRequest, reason: string): SymbolReply {
  if (request.kind === 'program') return { ok: true, table: makeSymbolTable({}) };
  return { ok: false, problem: 'unreadable', message: `${request.path} cannot be read: ${reason}.` };
}
