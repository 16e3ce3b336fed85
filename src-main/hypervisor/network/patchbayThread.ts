/** The script of the thread that carries frames between the machines of one hypervisor, and to the host's network. */
import { parentPort } from 'node:worker_threads';
import { Patchbay, type PatchbayCommand } from './Patchbay.ts';

const patchbay = new Patchbay();
// Main sends nothing else.
parentPort?.on('message', (command: PatchbayCommand) => patchbay.obey(command));
