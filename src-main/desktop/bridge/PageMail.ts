import type { EventName, EventPayload } from '../../../src-preload/contract/contract.ts';
import type { EmitEvent } from '../../control/handlers.ts';

type Letter = { [Name in EventName]: { readonly name: Name; readonly payload: EventPayload<Name> } }[EventName];

/** Events that the page must not miss: kept while it cannot hear. */
export class PageMail {
  private readonly emit: EmitEvent;
  private letters: Letter[] = [];
  private isHeard = false;

  constructor(emit: EmitEvent) {
    this.emit = emit;
  }

  /** The page is mounted and hears events. */
  get isPageReady(): boolean {
    return this.isHeard;
  }

  send<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    if (this.isHeard) this.emit(name, payload);
    // The pair is of one name; TypeScript cannot see that through the union.
    else this.letters.push({ name, payload } as Letter);
  }

  onPageReady(): void {
    this.isHeard = true;
    for (const { name, payload } of this.letters.splice(0)) this.emit(name, payload as never);
  }

  /** Another page comes, or none. */
  onPageGone(): void {
    this.isHeard = false;
  }
}
