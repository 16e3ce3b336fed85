/// <reference types="vite/types/importMeta.d.ts" />

/** Files that the bundler embeds as text. */
declare module '*?raw' {
  const text: string;
  export default text;
}
