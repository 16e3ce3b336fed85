import type { OutputBuffer } from './OutputBuffer.ts';

/** What a guest says beside its serial port: printed on LPT ports, written to debug ports, and power-on self test codes. */
export const SIDE_OUTPUTS = ['lpt', 'debug', 'post'] as const;
export type SideOutputName = (typeof SIDE_OUTPUTS)[number];

/** What the report holds at most: the newest. */
const MOST_BYTES = 64 * 1024;

/** Collects what goes to the report, and shows on standard output what the user wants to see. */
export class SideOutput {
  private readonly output: OutputBuffer;
  private readonly shown: ReadonlySet<SideOutputName>;
  private readonly kept: Readonly<Record<SideOutputName, number[]>> = { lpt: [], debug: [], post: [] };

  constructor(output: OutputBuffer, shown: readonly SideOutputName[]) {
    this.output = output;
    this.shown = new Set(shown);
  }

  add(name: SideOutputName, byte: number): void {
    const kept = this.kept[name];
    kept.push(byte);
    // In large steps: each moves what stays.
    if (kept.length >= 2 * MOST_BYTES) kept.splice(0, kept.length - MOST_BYTES);
    if (!this.shown.has(name)) return;
    if (name === 'post') this.output.line(`POST ${byte.toString(16).padStart(2, '0').toUpperCase()}h`);
    else this.output.show(byte);
  }

  /** As the report has them: text, and codes as numbers. */
  report(): { readonly parallel: string; readonly debug: string; readonly post: readonly number[] } {
    const newest = (name: SideOutputName): number[] => this.kept[name].slice(-MOST_BYTES);
    const text = (name: SideOutputName): string => new TextDecoder().decode(Uint8Array.from(newest(name)));
    return { parallel: text('lpt'), debug: text('debug'), post: newest('post') };
  }
}
