/**
 * What commands on machines do. They alone load it (`onMachines`): it brings the store and its schemas, which take longer
 * to load than all that `run` is made of.
 */
export { attachConsole } from './ConsoleCommand.ts';
export { change, create } from './CreateCommand.ts';
export { changeBreakpoints, showStack, step } from './DebugCommands.ts';
export { closeGdb, openGdb } from './GdbCommand.ts';
export { showCode, showRegion, showTranslation } from './inspection/CodeCommands.ts';
export { listDevices, showDevice, showInterrupts, showOutput } from './inspection/DevicesCommand.ts';
export { saveRecording, showHistory, travel } from './inspection/HistoryCommand.ts';
export {
  compareMemory,
  findMemory,
  loadMemory,
  saveMemory,
  showMemory,
  showMemoryMap,
  writeMemory,
} from './inspection/MemoryCommand.ts';
export { printExpressions } from './inspection/PrintCommand.ts';
export { probeAccess, showPages, showTable } from './inspection/ProcessorTables.ts';
export { showRegisters, showVectors } from './inspection/RegisterCommand.ts';
export { loadProgram } from './LoadCommand.ts';
export { typeKeys } from './KeyboardCommand.ts';
export { saveScreen, showScreen } from './ScreenCommand.ts';
export { list, printJson, remove, rename, show } from './MachineCommands.ts';
export { Refusal } from './openControl.ts';
export { obey, start, stop } from './PowerCommands.ts';
export { serve } from './ServeCommand.ts';
export {
  changeSnapshot,
  clone,
  deleteSnapshot,
  explainMissingFile,
  listSnapshots,
  restoreSnapshot,
  takeSnapshot,
} from './SnapshotCommands.ts';
export { statistics } from './StatisticsCommand.ts';
export { showTrace, startTrace, stopTrace } from './TraceCommand.ts';
export { exportMachine, importMachine } from './TransferCommands.ts';
