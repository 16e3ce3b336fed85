import { OFF, type Observation, type ObservedMachine } from '../../../../src-renderer/features/tours/Observation.ts';
import type { Tour, TourStep } from '../../../../src-renderer/features/tours/Tour.ts';

/** What a tour sees: the first page, and its machines off but for what is said. */
export function observed(
  tour: Tour,
  machines: Readonly<Record<string, Partial<ObservedMachine>>> = {},
  window: Partial<Omit<Observation, 'machines'>> = {},
): Observation {
  const parts = Object.keys(tour.machines).map((part) => [part, { ...OFF, ...machines[part] }] as const);
  return { page: 'machine', inView: null, panels: [], ...window, machines: Object.fromEntries(parts) };
}

export function stepOf(tour: Tour, id: string): TourStep {
  const step = tour.steps.find((each) => each.id === id);
  if (!step) throw new Error(`${tour.id} has no step ${id}`);
  return step;
}
