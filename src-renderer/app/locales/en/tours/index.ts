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
    offeredWhat: 'Hands-on, each with its own machines: the tour follows what you do, and removes them when it ends',
    begin: 'Begin',
    goOn: 'Continue',
    again: 'Again',
    beginLabel: 'Begin the tour “{tour}”',
    goOnLabel: 'Go on with the tour “{tour}” at step {step}',
    againLabel: 'Take the tour “{tour}” once more',
    finished: 'Completed',
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
