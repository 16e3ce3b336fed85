import { defineConfig } from 'vitepress';

const guide = [
  { text: 'First minutes', link: '/guide/' },
  { text: 'Machines', link: '/guide/machines' },
  { text: 'Looking inside', link: '/guide/looking-inside' },
  { text: 'Debugging', link: '/guide/debugging' },
  { text: 'Time and snapshots', link: '/guide/time-and-snapshots' },
  { text: 'Sharing the processors', link: '/guide/schedule' },
  { text: 'Command line', link: '/command-line' },
];

/** Nothing is fetched when the site is built or read: no fonts, no search service. */
export default defineConfig({
  title: 'Vivarium',
  description: 'x86 machines under glass',
  outDir: '../out/docs',
  cleanUrls: false,
  srcExclude: ['node_modules/**'],
  vite: { publicDir: '../resources/icons' },
  head: [['link', { rel: 'icon', href: '/vivarium.svg' }]],
  themeConfig: {
    logo: '/vivarium.svg',
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/' },
      { text: 'Reference', link: '/reference/command-line' },
      { text: 'Developers', link: '/developer/' },
    ],
    sidebar: [
      { text: 'Guide', items: guide },
      {
        text: 'Reference',
        items: [
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
  },
});
