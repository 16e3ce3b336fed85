import type { tours as English } from '../../en/tours/index.ts';
import { isolation } from './isolation.ts';
import { processor } from './processor.ts';
import { schedule } from './schedule.ts';
import { sensitive } from './sensitive.ts';
import { translation } from './translation.ts';

export const tours: typeof English = {
  coach: {
    label: '导览',
    group: '导览用机',
    offered: '导览',
    offeredWhat: '每个导览都有自己的虚拟机，结束时自动移除：由您动手，导览看着您做',
    begin: '开始',
    goOn: '继续',
    again: '再来一次',
    beginLabel: '开始导览“{tour}”',
    goOnLabel: '从第 {step} 步继续导览“{tour}”',
    againLabel: '再次进行导览“{tour}”',
    finished: '已完成',
    reached: '第 {step} 步，共 {count} 步',
    preparing: '正在准备本导览的虚拟机…',
    failed: '无法创建本导览的虚拟机。',
    retry: '重试',
    gone: '本导览的一台虚拟机已被删除。',
    remake: '重新创建虚拟机',
    task: '请动手',
    key: '按键',
    done: '完成',
    show: '带我去',
    back: '上一步',
    next: '下一步',
    skip: '跳过',
    finish: '结束',
    leave: '离开导览',
    finishedTitle: '导览到此结束',
    finishedText: '它的虚拟机已经移除，您自己的虚拟机都未被触动。接下来去哪里？',
    close: '关闭',
    announceStep: '第 {step} 步，共 {count} 步：{title}。{text}',
    announceTask: '请动手：{task}',
    announceDone: '完成。{done}',
  },
  tours: { processor, translation, sensitive, isolation, schedule },
};
