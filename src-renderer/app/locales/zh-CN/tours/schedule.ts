import type { schedule as English } from '../../en/tours/schedule.ts';

export const schedule: typeof English = {
  what: '两台虚拟机争用一个处理器：设定权重和上限，看份额如何跟随。',
  open: {
    title: '虚拟机比处理器多',
    text: 'busy-a 和 busy-b 不停地寻找素数。两者都固定在 pCPU 0 上，即调度器可以使用的一个主机处理器，所以同一时刻只有一台能运行。',
    task: '打开“调度”页面。',
    done: '上面是每个 pCPU 的泳道：谁在何时占用它。下面是每个虚拟处理器的活动：运行、就绪等待、停机，或被上限拦住。',
  },
  equal: {
    title: '轮流运行',
    text: '谁被欠的时间多，下一个就是谁，每次运行几毫秒的时间片。权重相同，各得一半。',
    task: '看着，直到两台都得到应得的份额。',
    done: 'busy-a 得到 pCPU 的 {a}，busy-b 得到 {b}；各自应得 {due}。',
  },
  weight: {
    title: '设定权重',
    text: '权重表示在争用的时间里，一台虚拟机相对于其他虚拟机得到多少。通常是 100。',
    task: '打开 busy-a 的设置（虚拟机菜单或命令面板），把权重设为 300。',
    done: '权重现为 {a} 比 {b}。调度器在下一次决策时就会读到：什么都不用停。',
  },
  follow: {
    title: '份额随之改变',
    text: '时间片和以前一样长，只是 busy-a 的更多了。',
    task: '看着，直到 busy-a 得到它现在应得的份额。',
    done: 'busy-a 得到 {a}，busy-b 得到 {b}；busy-a 应得 {due}。',
  },
  cap: {
    title: '设定上限',
    text: '权重只在别的虚拟机也要运行时起作用。上限则始终有效，以一个 pCPU 的百分比表示。',
    task: '在 busy-a 的设置中把上限设为 20。',
    done: '上限为 {cap}，busy-a 得到 {a}，剩下的归 busy-b：{b}。在“调度”页面它那一行里，被上限拦住的时间单独成带。',
  },
  sleep: {
    title: '休眠者没有开销',
    text: 'sleeper 每秒画二十幅画面，其间停机。停机的处理器不在队列里；定时器一响，它最先运行，因为欠它的最多。',
    task: '在列表中选择 sleeper 并启动它。',
    done: '它在运行，大部分时间停机，占 pCPU 的 {share}。',
  },
  pause: {
    title: '没人要的时间',
    text: '暂停的虚拟机离开队列。它的时间归需要的虚拟机，但不超过各自的上限。',
    task: '在列表中选择 busy-b 并暂停它。',
    done: 'busy-b 得到 {b}。busy-a 得到 {a}，因为它的上限仍然有效：pCPU 其余的时间空闲。',
  },
  end: {
    title: '您看到了什么',
    text: '各虚拟机的线程按这些规则互相移交处理器：按权重分享，按配额封顶，并让休眠者迅速醒来。靠打盹或从不让出都占不到便宜。',
  },
};
