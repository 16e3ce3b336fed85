import { createSSRApp, h, type VNode } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { expect, test } from 'vitest';
import { SlotElement } from '../../../../src-renderer/ui/SlotElement.ts';

const render = (slot: () => VNode[]): Promise<string> =>
  renderToString(
    createSSRApp({ render: () => h(SlotElement, { id: 'own', class: 'added', 'aria-haspopup': 'menu' }, slot) }),
  );

test('what it is given comes to the element in its slot, beside what that has', async () => {
  expect(await render(() => [h('button', { class: 'own', type: 'button' }, 'Menu')])).toBe(
    '<button class="own added" type="button" id="own" aria-haspopup="menu">Menu</button>',
  );
});

test('a slot that is handed on through another component is looked into', async () => {
  const Handing = (_: object, { slots }: { slots: { default?: () => VNode[] } }): VNode =>
    h(SlotElement, { title: 'outer' }, () => slots.default?.());
  expect(await render(() => [h(Handing, null, { default: () => [h('i')] })])).toContain('title="outer"');
});

test('an empty slot stays empty', async () => {
  expect(await render(() => [])).toBe('<!---->');
});
