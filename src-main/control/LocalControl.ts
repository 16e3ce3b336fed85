import type { CallInput, CallOutput } from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../src-preload/contract/programs.ts';
import type { Control, ControlCall } from './Control.ts';
import type { ControlService } from './ControlService.ts';
import { dispatchCall } from './dispatch.ts';
import type { FileAccess } from './files/FileGrants.ts';

/** The machines of a store that this process has open itself, checked and answered as over a socket. */
export class LocalControl implements Control {
  readonly owner = 'self';
  private readonly service: ControlService;

  constructor(service: ControlService) {
    this.service = service;
  }

  async call<Name extends ControlCall>(name: Name, input: CallInput<Name>): Promise<Outcome<CallOutput<Name>>> {
    const outcome = await dispatchCall(this.service.handlers, name, input, (error) => {
      throw error;
    });
    // Handlers answer as the contract says.
    return outcome as Outcome<CallOutput<Name>>;
  }

  grantFile(path: string, access: FileAccess): Promise<FileGrant> {
    return Promise.resolve(this.service.grants.grant(path, access));
  }

  pathOf(token: string): Promise<string | null> {
    return Promise.resolve(this.service.grants.resolve(token, 'read'));
  }

  close(): Promise<void> {
    return this.service.hypervisor.dispose();
  }
}
