import type { TranslationSite } from '../../tiers/threaded/BlockTranslator.ts';

/** A linear page of code as it was last found. */
export interface CodeSite extends TranslationSite {
  readonly codeKey: number;
}

/** Direct-mapped, by linear page; a power of two. */
const ENTRIES = 256;

/**
 * What fetching instructions knows of linear memory: to helpers what a TLB for code is to a processor. Flushes need
 * not be told: the code key has changed.
 */
export class CodeSites {
  private readonly sites: (CodeSite | undefined)[] = Array.from({ length: ENTRIES }, () => undefined);

  find(linear: number, codeKey: number): CodeSite | undefined {
    const site = this.sites[(linear >>> 12) & (ENTRIES - 1)];
    if (site === undefined || site.codeKey !== codeKey || ((site.linearPage ^ linear) & 0xffff_f000) !== 0) {
      return undefined;
    }
    return site;
  }

  enter(site: CodeSite): CodeSite {
    this.sites[(site.linearPage >>> 12) & (ENTRIES - 1)] = site;
    return site;
  }

  clear(): void {
    this.sites.fill(undefined);
  }

  forgetPage(linear: number): void {
    const at = (linear >>> 12) & (ENTRIES - 1);
    const site = this.sites[at];
    if (site !== undefined && ((site.linearPage ^ linear) & 0xffff_f000) === 0) this.sites[at] = undefined;
  }
}
