import { dialog, type BrowserWindow, type FileFilter } from 'electron';
import type { Language } from '../../../src-preload/contract/application.ts';

const texts = {
  en: { program: 'Program files', source: 'Assembly sources', all: 'All files', open: 'Open a program', text: 'Open a text', save: 'Save the program' },
  'zh-CN': { program: '程序文件', source: '汇编源文件', all: '所有文件', open: '打开程序', text: '打开文本', save: '保存程序' },
} as const; // prettier-ignore

const PROGRAM_EXTENSIONS = ['asm', 'nasm', 's', 'inc', 'txt', 'json', 'com', 'bin', 'img', 'ima', 'elf', 'o', 'mb'];
const SOURCE_EXTENSIONS = ['asm', 'nasm', 's', 'inc', 'txt', 'json'];

/** The system's dialogs for files. A file that a dialog returns is one that the user has chosen. */
export class FileDialogs {
  private readonly window: () => BrowserWindow;
  private readonly language: () => Language;

  constructor(window: () => BrowserWindow, language: () => Language) {
    this.window = window;
    this.language = language;
  }

  async pickPrograms(isMultiple: boolean): Promise<string[]> {
    const { open, program } = this.texts;
    return this.pick(open, { name: program, extensions: PROGRAM_EXTENSIONS }, isMultiple);
  }

  async pickTexts(): Promise<string[]> {
    const { text, source } = this.texts;
    return this.pick(text, { name: source, extensions: SOURCE_EXTENSIONS }, false);
  }

  async pickSave(name: string): Promise<string | null> {
    const { save, source, all } = this.texts;
    const { canceled, filePath } = await dialog.showSaveDialog(this.window(), {
      title: save,
      defaultPath: name,
      filters: [{ name: source, extensions: ['asm'] }, { name: all, extensions: ['*'] }], // prettier-ignore
    });
    return canceled || !filePath ? null : filePath;
  }

  private get texts(): (typeof texts)[Language] {
    return texts[this.language()];
  }

  private async pick(title: string, filter: FileFilter, isMultiple: boolean): Promise<string[]> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.window(), {
      title,
      filters: [filter, { name: this.texts.all, extensions: ['*'] }],
      properties: isMultiple ? ['openFile', 'multiSelections'] : ['openFile'],
    });
    return canceled ? [] : filePaths;
  }
}
