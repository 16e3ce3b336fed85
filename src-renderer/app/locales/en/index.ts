import { panelTitles, tourTitles } from '../titles.ts';
import { appliance } from './appliance.ts';
import { code } from './code.ts';
import { commands } from './commands.ts';
import { console } from './console.ts';
import { dock } from './dock.ts';
import { debug } from './debug.ts';
import { devices } from './devices.ts';
import { drives } from './drives.ts';
import { editor } from './editor.ts';
import { exits } from './exits.ts';
import { history } from './history.ts';
import { isolation } from './isolation.ts';
import { machine } from './machine.ts';
import { machines } from './machines.ts';
import { memory } from './memory.ts';
import { processor } from './processor.ts';
import { rail } from './rail.ts';
import { samples } from './samples.ts';
import { schedule } from './schedule.ts';
import { screen } from './screen.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { snapshots } from './snapshots.ts';
import { sound } from './sound.ts';
import { timeline } from './timeline.ts';
import { tours } from './tours/index.ts';
import { translation } from './translation.ts';

/** The window's words in English, a file per feature; `Messages` is the shape that every other language fills. */
export const en = {
  ...appliance,
  ...code,
  ...commands,
  ...console,
  ...dock,
  ...debug,
  ...devices,
  ...drives,
  ...editor,
  ...exits,
  ...history,
  ...isolation,
  ...machine,
  ...machines,
  ...memory,
  ...processor,
  ...rail,
  ...samples,
  ...schedule,
  ...screen,
  ...settings,
  ...shell,
  ...snapshots,
  ...sound,
  ...timeline,
  ...tours,
  ...translation,
  panel: panelTitles('en'),
  tourTitle: tourTitles('en'),
};

export type Messages = typeof en;
