/**
 * The network's thread, which outlives all machines, for whoever measures what they leave: V8 keeps the buffers of frames
 * that have been delivered until they are tens of megabytes. Here they are collected all the time.
 */
import '../../../src-main/hypervisor/network/patchbayThread.ts';
import { collectGarbage } from './collectGarbage.ts';

const EVERY_MS = 400;

setInterval(collectGarbage, EVERY_MS).unref();
