import type { editor as English } from '../en/editor.ts';

export const editor: typeof English = {
  editor: {
    untitled: '未命名',
    template:
      "; 引导扇区：处理器以实模式从这里开始。\n        bits 16\n        org 0x7c00\n\nstart:\n        mov ax, 0xb800          ; 文本屏幕\n        mov es, ax\n        mov word [es:0], 0x1f56 ; 'V'，蓝底白字\n        hlt\n\n        times 510 - ($ - $$) db 0\n        dw 0xaa55\n",
    empty: '用 NASM 语法编写程序，汇编后在它自己的虚拟机中运行。',
    inNewMachine: '新虚拟机',
    target: '运行于',
    run: '运行',
    texts: '打开的文本',
    noFile: '尚未保存为文件',
    close: '关闭 {name}',
    changed: '有未保存的更改',
    report: '汇编结果',
    assembled: '汇编成功。',
    errors: '错误：{count} 个。没有装入任何内容。',
    find: '查找',
    findNext: '下一个',
    findPrevious: '上一个',
    findAll: '全部',
    replaceWith: '替换为',
    replace: '替换',
    replaceAll: '全部替换',
    matchCase: '区分大小写',
    regexp: '正则表达式',
    byWord: '全字匹配',
  },
};
