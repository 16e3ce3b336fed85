import type { isolation as English } from '../../en/tours/isolation.ts';

export const isolation: typeof English = {
  what: '让一台四处乱写的虚拟机与两台正常工作的并排，看它能碰到什么。',
  open: {
    title: '并排的虚拟机',
    text: 'primes 和 life 正在工作。每台都有自己的内存，别的虚拟机没有任何地址能通向那里。“隔离”页面并排显示它们，中间有墙。',
    task: '打开“隔离”页面。',
    done: '每台虚拟机一列：内存图、处理器份额和一个摘要。',
  },
  digest: {
    title: '怎样看出没有被碰过',
    text: '虚拟机自己没有写过的页面，必须仍是装入时的内容。引擎一遍又一遍地计算它们的散列值；摘要代表所有这些页面。',
    task: '等待两台的内存都再被检查一次。',
    done: 'primes 已检查 {passes} 次，摘要是 {digest}。请记住它的开头。',
  },
  rogue: {
    title: '捣乱者登场',
    text: 'rogue 反复写遍地址所能表示的整个 4 GiB，远远超出它自己的 4 MiB。',
    task: '在列表中选择 rogue 并启动它。',
    done: '它已在自己的墙上被挡住 {count} 次。它自己的内存映射在那里什么也没有：这些写入不知所终。',
  },
  whole: {
    title: '邻居们怎样了',
    text: 'rogue 旁边的墙在被撞处亮起，下面的日志记录尝试了什么、由哪种机制应对。',
    task: '回到“隔离”页面，等待邻居再被检查一次。',
    done: 'primes：{digest}，已检查 {passes} 次。别人无权写入的内容，其摘要和原来一样。',
  },
  crash: {
    title: '虚拟机也会死',
    text: 'triple 丢弃自己的中断表，然后除以零。这个异常没有处理程序，随后的异常也没有：到第三次，x86 处理器便会关停。',
    task: '启动 triple，等待它倒数。',
    done: 'triple 停了，并报告了位置。primes 和 life 毫无察觉。',
  },
  stop: {
    title: '最后由您说了算',
    text: '客户机再忙，也运行在由调度器给予并收回时间的线程里。它无法拒绝停下。',
    task: '关闭 rogue 的电源。',
    done: '立刻就没了。它写下的一切随它的内存一起消失。',
  },
  end: {
    title: '您看到了什么',
    text: '客户机的地址只能经由它自己虚拟机的映射到达内存，而生成的代码无法离开那台虚拟机的内存，因为 V8 限定了边界。“帮助”菜单中的演示会让五个捣乱者同时面对三台虚拟机。',
  },
};
