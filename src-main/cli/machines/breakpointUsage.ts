import { CATCHPOINT_USAGE } from '../../debug/parseCatchpoint.ts';

/** How to write what `vivarium break` is to stop at. */
export const BREAKPOINT_USAGE = `main+4, write|read|access PLACE [BYTES], ${CATCHPOINT_USAGE}`;
