import type { CompileOutcome, RegionJob } from '../../../src-main/engine/tiers/region/compileRegion.ts';
import { compileRegion } from '../../../src-main/engine/tiers/region/compileRegion.ts';
import { packJob, unpackJob } from '../../../src-main/engine/tiers/region/packJob.ts';
import type { RegionCompiler } from '../../../src-main/engine/tiers/region/RegionCompiler.ts';
import type { Random } from './Random.ts';

/** Hands regions out at random later looks, in any order, as another thread does that no test waits for. */
export class LateCompiler implements RegionCompiler {
  private readonly random: Random;
  private finished: { readonly number: number; readonly outcome: CompileOutcome }[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  compile(number: number, job: RegionJob): undefined {
    const arrived = unpackJob(structuredClone(packJob(job)));
    this.finished.push({ number, outcome: compileRegion(arrived, () => 0) });
  }

  take(): { readonly number: number; readonly outcome: CompileOutcome } | undefined {
    if (this.finished.length === 0 || this.random.chance(60)) return undefined;
    return this.finished.splice(this.random.below(this.finished.length), 1)[0];
  }
}
