/**
 * The hypervisor as its callers see it: the desktop maps this onto the bridge, the command line calls it
 * directly. Everything here is plain data that survives a structured clone, but for the interface itself.
 */
export type { HypervisorService } from './HypervisorService.ts';
export * from './types/console.ts';
export * from './types/containment.ts';
export * from './types/definition.ts';
export * from './types/devices.ts';
export * from './types/events.ts';
export * from './types/inspection.ts';
export * from './types/isolation.ts';
export * from './types/lifeCycle.ts';
export * from './types/results.ts';
export * from './types/schedule.ts';
export * from './types/snapshots.ts';
export * from './types/statistics.ts';
export * from './types/timeTravel.ts';
export * from './types/traces.ts';
export * from './types/views.ts';
