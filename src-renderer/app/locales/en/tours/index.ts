import { isolation } from './isolation.ts';
import { processor } from './processor.ts';
import { schedule } from './schedule.ts';
import { sensitive } from './sensitive.ts';
import { translation } from './translation.ts';

export const tours = {
  coach: {
    label: 'Guided tour',
    /** Of the tours' machines in the list. */
    group: 'Guided tour',
    offered: 'Guided tours',
    offeredWhat: 'Each with machines of its own, which go when it ends: you do it, and the tour sees what you do',
    begin: 'Begin',
    goOn: 'Go on',
    again: 'Once more',
    beginLabel: 'Begin the tour “{tour}”',
    goOnLabel: 'Go on with the tour “{tour}” at step {step}',
    againLabel: 'Take the tour “{tour}” once more',
    finished: 'Taken',
    reached: 'Step {step} of {count}',
    preparing: 'Making the machines of this tour…',
    failed: 'The machines of this tour could not be made.',
    retry: 'Try again',
    gone: 'A machine of this tour has been deleted.',
    remake: 'Make the machines again',
    task: 'Your turn',
    key: 'Key',
    done: 'Done',
    show: 'Take me there',
    back: 'Back',
    next: 'Next',
    skip: 'Skip',
    finish: 'Finish',
    leave: 'Leave the tour',
    finishedTitle: 'That was the tour',
    finishedText: 'Its machines are gone again, and nothing of yours was touched. Where to next?',
    close: 'Close',
    /** What a screen reader says when a step begins. */
    announceStep: 'Step {step} of {count}: {title}. {text}',
    announceTask: 'Your turn: {task}',
    announceDone: 'Done. {done}',
  },
  tours: { processor, translation, sensitive, isolation, schedule },
};
