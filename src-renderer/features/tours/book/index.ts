import type { TourId } from '../../../../src-preload/contract/layouts/TourTitles.ts';
import type { Tour } from '../Tour.ts';
import { isolationTour } from './isolation.ts';
import { processorTour } from './processor.ts';
import { scheduleTour } from './schedule.ts';
import { sensitiveTour } from './sensitive.ts';
import { translationTour } from './translation.ts';

/** All tours. A new one is a file here, its title in `TOUR_TITLES` and its words in both languages. */
export const TOUR_BOOK: Readonly<Record<TourId, Tour>> = {
  processor: processorTour,
  translation: translationTour,
  sensitive: sensitiveTour,
  isolation: isolationTour,
  schedule: scheduleTour,
};
