import type { CallInput, CallOutput } from '../../src-preload/contract/contract.ts';
import type { Outcome } from '../../src-preload/contract/Outcome.ts';
import type { FileGrant } from '../../src-preload/contract/programs.ts';
import type { FileAccess } from './files/FileGrants.ts';
import type { Handlers } from './handlers.ts';

/** The messages of the contract that are about machines, and not about a window. */
export const CONTROL_CALLS = [
  'vm:list',
  'vm:create',
  'vm:update',
  'vm:changeMedium',
  'vm:clone',
  'vm:export',
  'vm:import',
  'vm:delete',
  'vm:load',
  'vm:start',
  'vm:pause',
  'vm:resume',
  'vm:reset',
  'vm:powerButton',
  'vm:powerOff',
  'vm:key',
  'vm:typeText',
  'vm:screenText',
  'vm:screenPicture',
  'vm:serialInput',
  'vm:suspend',
  'vm:discardSuspended',
  'vm:step',
  'vm:stepOver',
  'time:line',
  'time:goTo',
  'time:stepBack',
  'time:runBack',
  'time:lastWrite',
  'time:saveRecording',
  'debug:stepOut',
  'debug:runTo',
  'debug:disassemble',
  'debug:registers',
  'debug:writeRegister',
  'debug:evaluate',
  'debug:readMemory',
  'debug:writeMemory',
  'debug:callStack',
  'debug:symbols',
  'debug:breakpoints',
  'debug:addBreakpoint',
  'debug:changeBreakpoint',
  'debug:breakpointHits',
  'debug:removeBreakpoint',
  'debug:clearAllBreakpoints',
  'memory:search',
  'memory:compare',
  'memory:compared',
  'memory:fill',
  'memory:save',
  'memory:load',
  'inspect:vectors',
  'inspect:descriptors',
  'inspect:taskState',
  'inspect:pageTable',
  'inspect:linearMap',
  'inspect:access',
  'inspect:translation',
  'inspect:region',
  'devices:list',
  'devices:registers',
  'devices:interrupts',
  'devices:outputs',
  'devices:memoryMap',
  'gdb:status',
  'gdb:open',
  'gdb:close',
  'symbols:status',
  'symbols:set',
  'trace:status',
  'trace:start',
  'trace:stop',
  'statistics:read',
  'snapshot:list',
  'snapshot:take',
  'snapshot:restore',
  'snapshot:annotate',
  'snapshot:delete',
  'snapshot:thumbnail',
  'snapshot:clone',
] as const;
export type ControlCall = (typeof CONTROL_CALLS)[number];
export type ControlHandlers = Handlers<ControlCall>;

/** What a client over a socket is told when it asks for it. */
export type ControlEvent = 'vm:changed' | 'vm:removed';

/** Who has the machines of a store open: the window, a `vivarium serve`, or this process itself. */
export type OwnerKind = 'window' | 'headless' | 'self';

/** The machines of one store, wherever the process is that has it open. */
export interface Control {
  readonly owner: OwnerKind;
  call<Name extends ControlCall>(name: Name, input: CallInput<Name>): Promise<Outcome<CallOutput<Name>>>;
  /** Names a file in the contract's terms. The path is absolute. */
  grantFile(path: string, access: FileAccess): Promise<FileGrant>;
  /** The file that a grant names, of those that the owner has given out; null: none. */
  pathOf(token: string): Promise<string | null>;
  close(): Promise<void>;
}
