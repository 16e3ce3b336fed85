import type { TranslationSite } from '../../tiers/threaded/BlockTranslator.ts';

/** A linear page of code as it was last found. */
export interface CodeSite extends TranslationSite {
  readonly codeKey: number;
  /** Other address spaces have the page too. */
  readonly isGlobal: boolean;
}

/** Direct-mapped, by linear page; a power of two. */
const ENTRIES = 256;

/** What fetching instructions knows of linear memory: to helpers what a TLB for code is to a processor. */
export class CodeSites {
  private readonly sites: (CodeSite | undefined)[] = Array.from({ length: ENTRIES }, () => undefined);
  /** How many flushes there had been when an entry was made. */
  private readonly madeAt = new Float64Array(ENTRIES);
  private flushes = 0;
  private lastFullFlush = 0;

  find(linear: number, codeKey: number): CodeSite | undefined {
    const at = (linear >>> 12) & (ENTRIES - 1);
    const site = this.sites[at];
    if (site === undefined || site.codeKey !== codeKey || ((site.linearPage ^ linear) & 0xffff_f000) !== 0) {
      return undefined;
    }
    return this.madeAt[at] < (site.isGlobal ? this.lastFullFlush : this.flushes) ? undefined : site;
  }

  enter(site: CodeSite): CodeSite {
    const at = (site.linearPage >>> 12) & (ENTRIES - 1);
    this.sites[at] = site;
    this.madeAt[at] = this.flushes;
    return site;
  }

  flush(scope: 'all' | 'non-global'): void {
    this.flushes++;
    if (scope === 'all') this.lastFullFlush = this.flushes;
  }

  flushPage(linear: number): void {
    const at = (linear >>> 12) & (ENTRIES - 1);
    const site = this.sites[at];
    if (site !== undefined && ((site.linearPage ^ linear) & 0xffff_f000) === 0) this.sites[at] = undefined;
  }
}
