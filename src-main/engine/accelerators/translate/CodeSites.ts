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
    const site = this.last(linear);
    return site?.codeKey === codeKey ? site : undefined;
  }

  /** What was known of an address's page last, under whatever code key. */
  last(linear: number): CodeSite | undefined {
    const site = this.sites[(linear >>> 12) & (ENTRIES - 1)];
    return site !== undefined && ((site.linearPage ^ linear) & 0xffff_f000) === 0 ? site : undefined;
  }

  enter(site: CodeSite): CodeSite {
    this.sites[(site.linearPage >>> 12) & (ENTRIES - 1)] = site;
    return site;
  }

  clear(): void {
    this.sites.fill(undefined);
  }

  forgetPage(linear: number): void {
    if (this.last(linear)) this.sites[(linear >>> 12) & (ENTRIES - 1)] = undefined;
  }
}
