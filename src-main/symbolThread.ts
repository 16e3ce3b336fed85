/** The script of a thread that reads symbols, and ends with that. */
import { parentPort, workerData } from 'node:worker_threads';
import { readSymbols, type SymbolRequest } from './control/symbols/readSymbols.ts';
import { buffersOf } from './debug/symbols/SymbolTable.ts';

const reply = readSymbols(workerData as SymbolRequest); // Main starts this thread with nothing else.
parentPort?.postMessage(reply, reply.ok ? buffersOf(reply.table) : []);
