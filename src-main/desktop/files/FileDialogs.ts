import { dialog, type BrowserWindow, type FileFilter } from 'electron';
import type { Language } from '../../../src-preload/contract/application.ts';

const texts = {
  en: { program: 'Program files', source: 'Assembly sources', all: 'All files', open: 'Open a program', system: 'Choose files for a machine', text: 'Open a text', save: 'Save the program', image: 'Disk images', disk: 'Choose a disk image', floppy: 'Choose a diskette', cdrom: 'Choose a CD image', create: 'Save the new disk', picture: 'Save the picture', png: 'PNG pictures', table: 'Save the numbers', csv: 'CSV tables', export: 'Export the machine', import: 'Import a machine', machine: 'Machines', recording: 'Save the recording', recordings: 'Recordings', symbols: 'Choose a symbol file', trace: 'Trace to a file', traces: 'Traces', saveMemory: 'Save memory', loadMemory: 'Load into memory', memory: 'Memory contents' },
  'zh-CN': { program: '程序文件', source: '汇编源文件', all: '所有文件', open: '打开程序', system: '选择虚拟机要用的文件', text: '打开文本', save: '保存程序', image: '磁盘映像', disk: '选择磁盘映像', floppy: '选择软盘映像', cdrom: '选择光盘映像', create: '保存新磁盘', picture: '保存画面', png: 'PNG 图片', table: '保存数据', csv: 'CSV 表格', export: '导出虚拟机', import: '导入虚拟机', machine: '虚拟机', recording: '保存录制', recordings: '录制文件', symbols: '选择符号文件', trace: '跟踪到文件', traces: '跟踪文件', saveMemory: '保存内存', loadMemory: '载入内存', memory: '内存内容' },
} as const; // prettier-ignore

const PROGRAM_EXTENSIONS = ['asm', 'nasm', 's', 'inc', 'txt', 'json', 'com', 'bin', 'img', 'ima', 'elf', 'o', 'mb'];
const IMAGE_EXTENSIONS = {
  disk: ['img', 'raw', 'qcow2', 'qcow', 'hdd', 'bin'],
  floppy: ['img', 'ima', 'flp', 'vfd', 'dsk', 'bin'],
  cdrom: ['iso', 'img', 'cdr'],
} as const;
const MACHINE_EXTENSION = 'vivarium';
const SOURCE_EXTENSIONS = ['asm', 'nasm', 's', 'inc', 'txt', 'json'];

/** The system's dialogs for files. A file that a dialog returns is one that the user has chosen. */
export class FileDialogs {
  private readonly window: () => BrowserWindow;
  private readonly language: () => Language;

  constructor(window: () => BrowserWindow, language: () => Language) {
    this.window = window;
    this.language = language;
  }

  async pickPrograms(): Promise<string[]> {
    const { open, program } = this.texts;
    return this.pick(open, { name: program, extensions: PROGRAM_EXTENSIONS }, false);
  }

  async pickTexts(): Promise<string[]> {
    const { text, source } = this.texts;
    return this.pick(text, { name: source, extensions: SOURCE_EXTENSIONS }, false);
  }

  /** What a machine is made of: programs, kernels, media. Their names say little, so all files are offered. */
  async pickSystem(): Promise<string[]> {
    return this.pick(this.texts.system, undefined, true);
  }

  async pickImage(kind: 'disk' | 'floppy' | 'cdrom'): Promise<string[]> {
    const { [kind]: title, image } = this.texts;
    return this.pick(title, { name: image, extensions: [...IMAGE_EXTENSIONS[kind]] }, false);
  }

  async pickSave(name: string): Promise<string | null> {
    return this.save(this.texts.save, name, { name: this.texts.source, extensions: ['asm'] });
  }

  async pickNewImage(name: string): Promise<string | null> {
    return this.save(this.texts.create, name, { name: this.texts.image, extensions: ['qcow2'] });
  }

  async pickPicture(name: string): Promise<string | null> {
    return this.save(this.texts.picture, name, { name: this.texts.png, extensions: ['png'] });
  }

  async pickTable(name: string): Promise<string | null> {
    return this.save(this.texts.table, name, { name: this.texts.csv, extensions: ['csv'] });
  }

  async pickExport(name: string): Promise<string | null> {
    return this.save(this.texts.export, name, { name: this.texts.machine, extensions: [MACHINE_EXTENSION] });
  }

  async pickImport(): Promise<string[]> {
    const { import: title, machine } = this.texts;
    return this.pick(title, { name: machine, extensions: [MACHINE_EXTENSION] }, false);
  }

  async pickRecording(name: string): Promise<string | null> {
    return this.save(this.texts.recording, name, { name: this.texts.recordings, extensions: ['rec'] });
  }

  /** A vmlinux has no extension. */
  async pickSymbols(): Promise<string[]> {
    return this.pick(this.texts.symbols, undefined, false);
  }

  async pickTrace(name: string): Promise<string | null> {
    return this.save(this.texts.trace, name, { name: this.texts.traces, extensions: ['txt'] });
  }

  async pickMemorySave(name: string): Promise<string | null> {
    return this.save(this.texts.saveMemory, name, { name: this.texts.memory, extensions: ['bin'] });
  }

  /** Any file can be loaded: what is in it is the user's affair. */
  async pickMemoryLoad(): Promise<string[]> {
    return this.pick(this.texts.loadMemory, undefined, false);
  }

  private get texts(): (typeof texts)[Language] {
    return texts[this.language()];
  }

  private async save(title: string, name: string, filter: FileFilter): Promise<string | null> {
    const { canceled, filePath } = await dialog.showSaveDialog(this.window(), {
      title,
      defaultPath: name,
      filters: [filter, { name: this.texts.all, extensions: ['*'] }],
    });
    return canceled || !filePath ? null : filePath;
  }

  private async pick(title: string, filter: FileFilter | undefined, isMultiple: boolean): Promise<string[]> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.window(), {
      title,
      filters: [...(filter ? [filter] : []), { name: this.texts.all, extensions: ['*'] }],
      properties: isMultiple ? ['openFile', 'multiSelections'] : ['openFile'],
    });
    return canceled ? [] : filePaths;
  }
}
