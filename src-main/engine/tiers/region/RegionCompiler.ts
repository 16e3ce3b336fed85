import { type CompileOutcome, type RegionJob, compileRegion } from './compileRegion.ts';

/** Makes regions' modules, at once or in another thread while the guest runs on. */
export interface RegionCompiler {
  /** @returns the outcome where it was made at once; undefined where `take` hands it out later, under the job's number */
  compile(number: number, job: RegionJob): CompileOutcome | undefined;
  /** One that has been finished meanwhile. Cheap when there is none. */
  take(): { readonly number: number; readonly outcome: CompileOutcome } | undefined;
}

/** Compiles in the vCPU's own thread. */
export class InlineCompiler implements RegionCompiler {
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  compile(_number: number, job: RegionJob): CompileOutcome {
    return compileRegion(job, this.nowMs);
  }

  take(): undefined {
    return undefined;
  }
}
