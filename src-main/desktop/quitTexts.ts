import type { Language } from '../../src-preload/contract/application.ts';

interface QuitTexts {
  readonly question: string;
  readonly crashed: string;
  readonly quit: string;
  readonly cancel: string;
  readonly reload: string;
}

/** For the moments when there is no page to ask. */
export const quitTexts: Readonly<Record<Language, QuitTexts>> = {
  en: {
    question: 'Quit and lose what runs or is not saved?',
    crashed: 'The window fails again and again. Your machines still run.',
    quit: 'Quit',
    cancel: 'Cancel',
    reload: 'Load Again',
  },
  'zh-CN': {
    question: '退出并丢失正在运行或尚未保存的内容吗？',
    crashed: '窗口多次出错。您的虚拟机仍在运行。',
    quit: '退出',
    cancel: '取消',
    reload: '重新加载',
  },
};
