import { z } from 'zod';
import { call, event } from './Channel.ts';
import { VmId } from './machines.ts';

/** Where a machine waits for gdb, on this computer alone. */
export const GdbServer = z.object({
  port: z.number().int(),
  /** A gdb is connected, and drives the machine. */
  isAttached: z.boolean(),
  /** For a shell: starts gdb and connects it. */
  command: z.string(),
});
export type GdbServer = z.infer<typeof GdbServer>;

export const gdbContract = {
  /** Null: it waits for none. */
  'gdb:status': call(z.object({ id: VmId }), GdbServer.nullable()),
  /**
   * Lets the machine, which is on, wait for gdb until its power-off; one that waits already goes on. Without a port: the
   * first that is free from 1234 on.
   */
  'gdb:open': call(
    z.object({ id: VmId, port: z.number().int().min(0).max(0xffff).nullable().default(null) }),
    GdbServer,
  ),
  /** A gdb that is connected is let go: the machine is what it was before it came. */
  'gdb:close': call(z.object({ id: VmId }), z.void()),
  'gdb:changed': event(z.object({ id: VmId, server: GdbServer.nullable() })),
} as const;
