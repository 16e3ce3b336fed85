import { defineConfig, type DefaultTheme } from 'vitepress';

const guide = [
  { page: '', en: 'First minutes', zh: '快速上手' },
  { page: 'tours', en: 'Guided tours', zh: '导览' },
  { page: 'isolation', en: 'Isolation', zh: '隔离' },
  { page: 'machines', en: 'Machines', zh: '虚拟机' },
  { page: 'looking-inside', en: 'Looking inside', zh: '看清内部' },
  { page: 'debugging', en: 'Debugging', zh: '调试' },
  { page: 'time-and-snapshots', en: 'Time and snapshots', zh: '时间与快照' },
  { page: 'schedule', en: 'Sharing the processors', zh: '分配处理器' },
  { page: 'command-line', en: 'Command line', zh: '命令行' },
];

function guidePages(language: 'en' | 'zh'): DefaultTheme.SidebarItem[] {
  const folder = language === 'en' ? '/guide/' : '/zh/guide/';
  return guide.map(({ page, [language]: text }) => ({ text, link: `${folder}${page}` }));
}

const english: DefaultTheme.Config = {
  nav: [
    { text: 'Guide', link: '/guide/' },
    { text: 'Reference', link: '/reference/command-line' },
    { text: 'Developers', link: '/developer/' },
  ],
  sidebar: [
    { text: 'Guide', items: guidePages('en') },
    {
      text: 'Reference',
      items: [
        { text: 'Machines from the command line', link: '/command-line' },
        { text: 'Every command and option', link: '/reference/command-line' },
        { text: 'File formats', link: '/file-formats' },
        { text: 'Fields of a store’s files', link: '/reference/store-files' },
        { text: 'Control protocol', link: '/control-protocol' },
        { text: 'Calls of the control protocol', link: '/reference/control-calls' },
      ],
    },
    {
      text: 'Developers',
      items: [
        { text: 'Working on Vivarium', link: '/developer/' },
        { text: 'Region tier', link: '/notes/region-tier' },
        { text: 'Machine', link: '/notes/machine' },
        { text: 'Hypervisor', link: '/notes/hypervisor' },
        { text: 'Snapshots', link: '/notes/snapshots' },
        { text: 'The desk', link: '/notes/desk' },
      ],
    },
  ],
};

/** The guide alone is there in Chinese: reference and notes stay English. */
const chinese: DefaultTheme.Config = {
  nav: [
    { text: '指南', link: '/zh/guide/' },
    { text: '参考（英文）', link: '/reference/command-line' },
    { text: '开发（英文）', link: '/developer/' },
  ],
  sidebar: [
    { text: '指南', items: guidePages('zh') },
    {
      text: '参考（英文）',
      items: [
        { text: '命令行中的虚拟机', link: '/command-line' },
        { text: '所有命令和选项', link: '/reference/command-line' },
        { text: '文件格式', link: '/file-formats' },
        { text: '控制协议', link: '/control-protocol' },
      ],
    },
  ],
  outline: { label: '本页内容' },
  docFooter: { prev: '上一页', next: '下一页' },
  darkModeSwitchLabel: '外观',
  lightModeSwitchTitle: '切换到浅色',
  darkModeSwitchTitle: '切换到深色',
  sidebarMenuLabel: '目录',
  returnToTopLabel: '回到顶部',
  langMenuLabel: '切换语言',
  skipToContentLabel: '跳到正文',
  notFound: {
    title: '没有这个页面',
    quote: '地址可能有误，或者页面已经搬走。',
    linkText: '回到首页',
    linkLabel: '回到首页',
  },
};

const chineseSearch = {
  button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
  modal: {
    displayDetails: '显示详细列表',
    resetButtonTitle: '清空',
    backButtonTitle: '关闭搜索',
    noResultsText: '没有找到：',
    footer: {
      selectText: '打开',
      selectKeyAriaLabel: '回车键',
      navigateText: '移动',
      navigateUpKeyAriaLabel: '上箭头',
      navigateDownKeyAriaLabel: '下箭头',
      closeText: '关闭',
      closeKeyAriaLabel: 'Esc',
    },
  },
};

/**
 * Chinese has no spaces between words: pairs of neighbouring characters are what is searched for, other words as they are.
 * It is sent to the browser as text, so it uses nothing from outside.
 */
function searchTerms(text: string): string[] {
  const terms: string[] = [];
  for (const [run] of text.matchAll(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu)) {
    if (run.length === 1 || !/\p{Script=Han}/u.test(run)) terms.push(run);
    else for (let at = 0; at + 2 <= run.length; at++) terms.push(run.slice(at, at + 2));
  }
  return terms;
}

/** Nothing is fetched when the site is built or read: no fonts, no search service. */
export default defineConfig({
  title: 'Vivarium',
  outDir: '../out/docs',
  cleanUrls: false,
  srcExclude: ['node_modules/**'],
  vite: { publicDir: '../resources/icons' },
  head: [['link', { rel: 'icon', href: '/vivarium.svg' }]],
  locales: {
    root: { label: 'English', lang: 'en', description: 'x86 machines under glass', themeConfig: english },
    zh: {
      label: '简体中文',
      lang: 'zh-CN',
      link: '/zh/',
      description: '玻璃柜中的 x86 虚拟机',
      themeConfig: chinese,
    },
  },
  themeConfig: {
    logo: '/vivarium.svg',
    search: {
      provider: 'local',
      options: {
        locales: { zh: { translations: chineseSearch } },
        miniSearch: { options: { tokenize: searchTerms } },
      },
    },
  },
});
